#include "plugins/calibration/view/tune_controls.h"

#include "plugins/calibration/experiments/params.h"
#include "plugins/calibration/figures/tuning.h"
#include "widgets/params/number_spin.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/value_slider.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace vitrine::calibration_plugin
{

TuneControls::TuneControls(QWidget* parent)
    : QWidget(parent),
      beta_(new ValueSlider(tr("β"), tr("Factor beta"), {.decimals = 3}, this)),
      tau_(new ValueSlider(tr("τ"), tr("Threshold tau"),
                           {.low = 0.001, .high = 1, .decimals = 4, .logarithmic = true}, this)),
      alpha_(new ValueSlider(
          tr("α"), tr("Factor alpha"),
          {.low = 0.5, .high = 100, .typedHigh = 10000, .decimals = 2, .logarithmic = true}, this)),
      ownBeta_(new QCheckBox(tr("this head only"), this)),
      rule_(new SegmentedSwitch(this)),
      receivers_(new SegmentedSwitch(this)),
      protect_(new NumberSpin(0, 1 << 20, 0, this)),
      rows_(new NumberSpin(1, 1 << 20, 0, this)),
      origin_(new QLabel(this)),
      reset_(new QPushButton(tr("Reset"), this)),
      beside_(new QPushButton(tr("Keep beside"), this)),
      keep_(new QPushButton(tr("Keep"), this))
{
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(6);
    column->addLayout(makeBetaLine());
    column->addLayout(makeRuleLine());
    column->addLayout(makeKeepLine());
    connectParts();
}

QLabel* TuneControls::muted(const QString& words)
{
    auto* label = new QLabel(words, this);
    label->setProperty("role", "muted");
    return label;
}

QHBoxLayout* TuneControls::makeBetaLine()
{
    beta_->setHelp(tr("A′[i,t] = β A[i,t] for each sink t: 1 changes nothing, 0 removes the sinks. "
                      "The authors use 0.4 (ACT, section 4)."));
    ownBeta_->setAccessibleName(tr("Beta of this head only"));
    ownBeta_->setToolTip(tr("The slider then sets the shown head's own β and leaves the others"));
    receivers_->setOptions(
        {tr("All"), tr("Not token 0")},
        {tr("What the sinks lose goes to all other keys of the row in proportion to the weight "
            "they have. Token 0 is mostly the heaviest and takes most of it (ACT)."),
         tr("Token 0 keeps what it has; the freed weight goes to the other keys (ours)")});
    receivers_->setAccessibleName(tr("Receivers"));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(beta_, 1);
    line->addWidget(ownBeta_);
    line->addSpacing(8);
    line->addWidget(muted(tr("Receivers")));
    line->addWidget(receivers_);
    return line;
}

QHBoxLayout* TuneControls::makeRuleLine()
{
    rule_->setOptions(
        {tr("Absolute"), tr("Relative"), tr("Uniform")},
        {tr("s[j] > τ, as the released code decides (0.1). Flags the first columns of short texts "
            "even in a uniform head."),
         tr("s[j] > α / N, as the paper decides (5). The longer the text, the more it flags: at "
            "N = 512 the first columns of a uniform head."),
         tr("s[j] > α · u[j], u what uniform attention gives that column already (ours): no bias "
            "for early columns")});
    rule_->setAccessibleName(tr("Sink rule"));
    tau_->setHelp(tr("τ: columns whose mean weight s[j] exceeds it are sinks"));
    alpha_->setHelp(tr("α: how many times the share that the rule compares with"));
    protect_->setAccessibleName(tr("Protected columns"));
    protect_->setToolTip(tr("The first columns are never calibrated; the authors spare the first"));
    rows_->setAccessibleName(tr("Minimum rows"));
    rows_->setToolTip(tr("Columns seen by fewer queries are left out: the last ones average over "
                         "few rows and cross any threshold. The authors: 1; 4 or more is safer."));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(rule_);
    line->addWidget(tau_, 1);
    line->addWidget(alpha_, 1);
    line->addSpacing(8);
    line->addWidget(muted(tr("Protect")));
    line->addWidget(protect_);
    line->addWidget(muted(tr("Rows ≥")));
    line->addWidget(rows_);
    return line;
}

QHBoxLayout* TuneControls::makeKeepLine()
{
    origin_->setProperty("role", "caption");
    origin_->setAccessibleName(tr("Live or stored"));
    reset_->setToolTip(tr("Back to the run's own numbers"));
    beside_->setToolTip(tr("Stores this as a run and shows it beside the first"));
    keep_->setToolTip(tr("Stores this as a run of its own with the same parameters"));
    keep_->setProperty("kind", "primary");
    reset_->setAccessibleName(tr("Reset tuning"));
    beside_->setAccessibleName(tr("Keep beside"));
    keep_->setAccessibleName(tr("Keep as a run"));
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(origin_, 1);
    for (QPushButton* button : {reset_, beside_, keep_})
        line->addWidget(button);
    connect(reset_, &QPushButton::clicked, this, &TuneControls::resetWished);
    connect(beside_, &QPushButton::clicked, this, [this] { emit keepWished(true); });
    connect(keep_, &QPushButton::clicked, this, [this] { emit keepWished(false); });
    return line;
}

void TuneControls::setOrigin(bool live, const QString& run)
{
    origin_->setText(live ? tr("Live: not stored yet") : run);
    for (QPushButton* button : {reset_, beside_, keep_})
        button->setEnabled(live);
}

void TuneControls::connectParts()
{
    connect(beta_, &ValueSlider::chosen, this, [this](double value, bool) {
        if (own_)
            emit headBetaChosen(value);
        else
            emit tuned("beta", value);
    });
    connect(ownBeta_, &QCheckBox::clicked, this, &TuneControls::ownBetaChosen);
    connect(rule_, &SegmentedSwitch::chosen, this, [this](int index) {
        emit tuned("rule", std::string(sinkRuleName(static_cast<attention::SinkRule>(index))));
    });
    connect(tau_, &ValueSlider::chosen, this,
            [this](double value, bool) { emit tuned("tau", value); });
    connect(alpha_, &ValueSlider::chosen, this,
            [this](double value, bool) { emit tuned("alpha", value); });
    connect(receivers_, &SegmentedSwitch::chosen, this, [this](int index) {
        emit tuned("receivers", std::string(index == 0 ? "all" : "not_first"));
    });
    connect(protect_, &NumberSpin::chosen, this,
            [this](double value) { emit tuned("protect", static_cast<std::int64_t>(value)); });
    connect(rows_, &NumberSpin::chosen, this,
            [this](double value) { emit tuned("min_rows", static_cast<std::int64_t>(value)); });
}

void TuneControls::setParams(const Params& params, bool ownBeta, model::LayerHead head)
{
    const attention::Calibration calibration = calibrationOf(params);
    own_ = ownBeta;
    beta_->setNumber(own_ ? betaOf(params, head) : calibration.beta);
    ownBeta_->setChecked(own_);
    const bool absolute = calibration.sinks.rule == attention::SinkRule::absolute;
    rule_->setCurrent(static_cast<int>(calibration.sinks.rule));
    tau_->setVisible(absolute);
    alpha_->setVisible(!absolute);
    tau_->setNumber(calibration.sinks.tau);
    alpha_->setNumber(calibration.sinks.alpha);
    protect_->setNumber(calibration.sinks.protect);
    rows_->setNumber(calibration.sinks.minRows);
    receivers_->setCurrent(calibration.receivers == attention::Receivers::all ? 0 : 1);
}

} // namespace vitrine::calibration_plugin
