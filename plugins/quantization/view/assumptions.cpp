#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/experiment/param_texts.h"
#include "plugins/quantization/figures/cost.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/view.h"
#include "widgets/page/flow_layout.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/what_if_bar.h"
#include "widgets/state_json.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QLabel>

#include <algorithm>

// What energies are counted with: changed here, and the figure follows without a run.
namespace vitrine::quantization_plugin
{
namespace
{

constexpr const char *kTraffic = "count_traffic", *kScalePlace = "scale_place";
constexpr double kSliderDecade = 10; // of the run's own value, down and up

// Energies alone, on sliders around the run's own values.
std::vector<ParamSpec> energySpecs(const RunRecord& run)
{
    std::vector<ParamSpec> specs = costSpecs(run);
    std::erase_if(specs, [](const ParamSpec& spec) { return spec.type != ParamType::real; });
    for (ParamSpec& spec : specs) {
        const double own = std::get<double>(*spec.fallback);
        spec.minimum = own / kSliderDecade;
        spec.maximum = own > 0 ? own * kSliderDecade : 1;
    }
    return specs;
}

} // namespace

Panel* QuantizationView::makeAssumptions()
{
    assumptionsCard_ = new Panel(tr("What is assumed"), this);
    assumptionsCard_->setEnlargeable(false);
    auto* line = new QWidget(assumptionsCard_);
    auto* flow = new FlowLayout(line, 12);
    originalForm_ = new SegmentedSwitch(line);
    originalForm_->setAccessibleName(tr("Precision of the original"));
    originalForm_->setOptions({tr("FP16 original"), tr("FP32 original")},
                              {tr("Half-precision weights and arithmetic"),
                               tr("Single-precision weights and arithmetic")});
    scalePlace_ = new SegmentedSwitch(line);
    scalePlace_->setAccessibleName(tr("Where scales act"));
    scalePlace_->setOptions({tr("Scales on results"), tr("Scales on inputs")},
                            {tr("On what is looked up, as published"),
                             tr("On the inputs, and a table for each plane and group of rows")});
    traffic_ = new QCheckBox(tr("Count reading the weights"), line);
    traffic_->setAccessibleName(traffic_->text());
    traffic_->setToolTip(tr("Every weight bit comes from DRAM once for each token"));
    for (QWidget* part : std::initializer_list<QWidget*>{originalForm_, scalePlace_, traffic_})
        flow->addWidget(part);
    whatIf_ = new WhatIfBar(assumptionsCard_);
    energyWords_ = wordsLabel("muted", tr("What the energies are"), assumptionsCard_);
    for (QWidget* part : std::initializer_list<QWidget*>{line, whatIf_, energyWords_})
        assumptionsCard_->body()->addWidget(part);

    connect(originalForm_, &SegmentedSwitch::chosen, this, [this](int place) {
        RoomView::put("original", place == 1 ? QJsonValue("fp32") : QJsonValue(),
                      tr("Count the original in %1").arg(place == 1 ? "FP32" : "FP16"));
    });
    connect(scalePlace_, &SegmentedSwitch::chosen, this, [this](int place) {
        assume({{kScalePlace, std::to_string(place)}}, tr("Change where scales act"));
    });
    connect(traffic_, &QCheckBox::clicked, this, [this](bool on) {
        assume({{kTraffic, on ? "1" : "0"}}, tr("Count reading the weights"));
    });
    connect(whatIf_, &WhatIfBar::chosen, this, &QuantizationView::assume);
    connect(whatIf_, &WhatIfBar::resetWished, this, [this] {
        QJsonObject json = current();
        json.remove("cost");
        json.remove("original");
        change(json, tr("Back to the runs' assumptions"));
    });
    connect(whatIf_, &WhatIfBar::keepWished, this, &QuantizationView::keepAssumptions);
    return assumptionsCard_;
}

// What is as the selected run has it is not kept.
void QuantizationView::assume(const std::map<std::string, std::string>& values,
                              const QString& label, const QString& mergeKey)
{
    const RunRecord& run = selectedRecord();
    QJsonObject json = current(), cost = json["cost"].toObject();
    for (const auto& [name, text] : values) {
        const QString key = fromUtf8(name);
        const auto value = parseReal(text);
        if (!value || *value == assumedValue(run, {}, name))
            cost.remove(key);
        else
            cost[key] = *value;
    }
    json.remove("cost");
    if (!cost.isEmpty())
        json["cost"] = cost;
    change(json, label, mergeKey);
}

// The selected run again, with these assumptions; energies of FP32 are no parameters of a run.
void QuantizationView::keepAssumptions()
{
    const RunRecord& run = selectedRecord();
    const State state = wanted();
    Values params = paramTexts(run.params);
    for (const ParamSpec& spec : costSpecs(run)) {
        if (!state.cost.contains(spec.name) || spec.name.ends_with("32"))
            continue;
        const double value = assumedValue(run, state, spec.name);
        params[spec.name] = spec.type == ParamType::boolean ? (value != 0 ? "true" : "false")
                            : spec.type == ParamType::choice
                                ? spec.choices[static_cast<std::size_t>(value)].value
                                : shortest(value);
    }
    start(std::move(params), true);
}

void QuantizationView::drawEnergy(const Runs& runs, const State& state)
{
    const RunRecord& run = selectedRecord();
    const bool hasCounts = std::ranges::any_of(
        runs, [](const RunRecord* each) { return each->result.table("operations") != nullptr; });
    assumptionsCard_->setVisible(hasCounts);
    originalForm_->setCurrent(state.isOriginal32 ? 1 : 0);
    scalePlace_->setCurrent(static_cast<int>(assumedValue(run, state, kScalePlace)));
    traffic_->setChecked(assumedValue(run, state, kTraffic) != 0);
    if (whatIfOf_ != run.uid || whatIfOf_.empty())
        whatIf_->setSpecs(energySpecs(run));
    whatIfOf_ = run.uid;
    Values values;
    for (const auto& [name, value] : state.cost)
        values[name] = shortest(value);
    whatIf_->setValues(values, isCostChanged(state));
    showText(*energyWords_, fromUtf8(energyWords(Drawing(runs, state))));
}

} // namespace vitrine::quantization_plugin
