#include "plugins/attention/view/sink_controls.h"

#include "widgets/params/number_spin.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>

namespace vitrine::attention_plugin
{

SinkControls::SinkControls(QWidget* parent)
    : QWidget(parent),
      rule_(new QComboBox(this)),
      tau_(new NumberSpin(0, 1, 4, this)),
      alpha_(new NumberSpin(0, 10000, 3, this)),
      protect_(new NumberSpin(0, 1 << 20, 0, this)),
      rows_(new NumberSpin(0, 1 << 20, 0, this))
{
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    rule_->addItems({tr("Absolute"), tr("Relative"), tr("Uniform")});
    rule_->setItemData(0,
                       tr("s[j] > τ: mean weight above a fixed value. Flags the first columns of "
                          "short texts even when a head is uniform."),
                       Qt::ToolTipRole);
    rule_->setItemData(1,
                       tr("s[j] > α / N: above a multiple of the mean over all columns. Flags the "
                          "first columns even when a head is uniform."),
                       Qt::ToolTipRole);
    rule_->setItemData(2,
                       tr("s[j] > α · u[j], u[j] = (H(N) − H(j)) / (N − j): above a multiple of "
                          "what uniform attention gives that column."),
                       Qt::ToolTipRole);
    rule_->setAccessibleName(tr("Sink rule"));
    tau_->setAccessibleName(tr("Threshold tau"));
    tau_->setToolTip(tr("τ of the absolute rule: s[j] > τ"));
    alpha_->setAccessibleName(tr("Factor alpha"));
    alpha_->setToolTip(
        tr("α of the relative rule, s[j] > α / N, and of the uniform rule, s[j] > α · u[j]"));
    protect_->setAccessibleName(tr("Protected columns"));
    protect_->setToolTip(tr("The first columns, which are never listed as sinks"));
    rows_->setAccessibleName(tr("Minimum rows"));
    rows_->setToolTip(
        tr("Columns that fewer queries see are never listed: their mean rests on too little"));
    line->addWidget(rule_);
    tauLabel_ = addLabel(tr("τ"), tau_);
    alphaLabel_ = addLabel(tr("α"), alpha_);
    addLabel(tr("Protect"), protect_);
    addLabel(tr("Rows ≥"), rows_);
    line->addStretch(1);

    const auto tell = [this] { emit chosen(options_); };
    connect(rule_, &QComboBox::activated, this, [this, tell](int index) {
        options_.rule = static_cast<attention::SinkRule>(index);
        tell();
    });
    connect(tau_, &NumberSpin::chosen, this, [this, tell](double value) {
        options_.tau = value;
        tell();
    });
    connect(alpha_, &NumberSpin::chosen, this, [this, tell](double value) {
        options_.alpha = value;
        tell();
    });
    connect(protect_, &NumberSpin::chosen, this, [this, tell](double value) {
        options_.protect = static_cast<int>(value);
        tell();
    });
    connect(rows_, &NumberSpin::chosen, this, [this, tell](double value) {
        options_.minRows = static_cast<int>(value);
        tell();
    });
}

QLabel* SinkControls::addLabel(const QString& text, QWidget* buddy)
{
    auto* label = new QLabel(text, this);
    label->setProperty("role", "muted");
    label->setBuddy(buddy);
    label->setToolTip(buddy->toolTip());
    layout()->addWidget(label);
    layout()->addWidget(buddy);
    return label;
}

void SinkControls::setOptions(const attention::SinkOptions& options)
{
    options_ = options;
    const bool absolute = options.rule == attention::SinkRule::absolute;
    rule_->setCurrentIndex(static_cast<int>(options.rule));
    rule_->setToolTip(rule_->itemData(rule_->currentIndex(), Qt::ToolTipRole).toString());
    for (QWidget* widget : std::initializer_list<QWidget*>{tauLabel_, tau_})
        widget->setVisible(absolute);
    for (QWidget* widget : std::initializer_list<QWidget*>{alphaLabel_, alpha_})
        widget->setVisible(!absolute);
    tau_->setNumber(options.tau);
    alpha_->setNumber(options.alpha);
    protect_->setNumber(options.protect);
    rows_->setNumber(options.minRows);
}

} // namespace vitrine::attention_plugin
