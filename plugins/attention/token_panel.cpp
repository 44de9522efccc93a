#include "plugins/attention/token_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vitrine::attention
{

TokenPanel::TokenPanel(QWidget* parent)
    : Card(tr("Tokens"), parent), count_(new QLabel(this)), strip_(new TokenStrip(this))
{
    count_->setProperty("role", "caption");
    count_->setAccessibleName(tr("Sinks counted"));
    count_->setToolTip(tr("A badge is the column score over its value under uniform attention; the "
                          "bar is the score up to the clip"));
    controls()->addWidget(count_);
    body()->addWidget(strip_, 1);
}

void TokenPanel::setScene(const Scene& scene)
{
    const auto sinks = scene.sinks.front().size();
    count_->setText(tr("%1 tokens  ·  %2 at %3")
                        .arg(scene.first().tokenCount())
                        .arg(sinks == 0   ? tr("no sink")
                             : sinks == 1 ? tr("1 sink")
                                          : tr("%1 sinks").arg(sinks),
                             headName(scene.head)));
    strip_->setScene(scene);
}

} // namespace vitrine::attention
