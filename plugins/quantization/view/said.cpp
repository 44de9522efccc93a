#include "plugins/quantization/view/said.h"

#include "widgets/theme/text.h"

#include <QLabel>

namespace vitrine::quantization_plugin
{

QLabel* saidLabel(const char* role, const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setAccessibleName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

QString keptTogether(const std::string& sentence)
{
    QString text = fromUtf8(sentence);
    for (const char* unit : {" %", " ms", " GB/s"})
        text.replace(QLatin1String(unit), QChar(0xa0) + QLatin1String(unit + 1));
    return text;
}

} // namespace vitrine::quantization_plugin
