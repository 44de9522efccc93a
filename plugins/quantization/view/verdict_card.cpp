#include "plugins/quantization/view/verdict_card.h"

#include "plugins/quantization/view/plot_cards.h"
#include "widgets/theme/shown_text.h"

#include <QBoxLayout>
#include <QLabel>

namespace vitrine::quantization_plugin
{

VerdictCard::VerdictCard(const QString& heading, QWidget* parent) : Panel(heading, parent)
{
    setEnlargeable(false);
    verdict_ = wordsLabel("section", tr("What the runs show"), this);
    remarks_ = wordsLabel("muted", tr("What the runs say of themselves"), this);
    body()->addWidget(verdict_);
    body()->addWidget(remarks_);
}

void VerdictCard::say(const std::string& verdict, const std::vector<std::string>& remarks)
{
    showText(*verdict_, keptTogether(verdict), kLongestShownLine);
    QStringList said;
    for (const std::string& remark : remarks)
        said << keptTogether(remark);
    showText(*remarks_, said.join('\n'), kLongestShownLine);
    remarks_->setVisible(!said.isEmpty());
}

} // namespace vitrine::quantization_plugin
