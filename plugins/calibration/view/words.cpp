#include "plugins/calibration/view/words.h"

#include "core/base/format.h"
#include "core/base/number_text.h"

#include <cmath>

namespace vitrine::calibration_plugin
{

QString headName(model::LayerHead head)
{
    return QStringLiteral("layer %1 · head %2").arg(head.layer).arg(head.head);
}

QString numberText(double value)
{
    return text(significant(value, 4));
}

QString shortText(double value)
{
    return text(significant(value, 2));
}

QString countText(double value)
{
    return std::isfinite(value) ? text(wholeText(std::llround(value))) : QStringLiteral("–");
}

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace vitrine::calibration_plugin
