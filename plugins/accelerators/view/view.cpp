#include "plugins/accelerators/view/view.h"

#include "core/base/resources.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/workload/workloads.h"
#include "plugins/accelerators/experiments/input.h"
#include "plugins/accelerators/experiments/live.h"
#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"
#include "plugins/accelerators/view/run_summary.h"
#include "widgets/page/panel.h"
#include "widgets/page/run_places.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/what_if_bar.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/claim_table.h"

#include <QComboBox>
#include <QJsonArray>
#include <QSignalBlocker>

#include <algorithm>

namespace vitrine::accelerators_plugin
{
namespace
{

// A chart of one row per unit is as high as its rows, up to what can still be painted.
int heightOf(const figure::Figure& figure)
{
    constexpr double kMostRows = 120;
    const double rows = figure.y.maximum.value_or(1) - figure.y.minimum.value_or(0);
    return 92 + static_cast<int>(17 * std::min(rows, kMostRows));
}

void pick(QComboBox& combo, const QString& data)
{
    const QSignalBlocker silent(combo);
    combo.setCurrentIndex(std::max(0, combo.findData(data)));
}

} // namespace

AcceleratorsView::AcceleratorsView(ViewContext& context, QWidget* parent)
    : RoomView(context, BoundState({"ranges", "what_if"}),
               {.name = tr("Accelerators"),
                .experiment = QStringLiteral("accelerators.simulate"),
                .failure = tr("There is nothing to show"),
                .empty = {tr("How fast would it be on a chip?"),
                          tr("This room shows cycles, traffic and energy of a network on six "
                             "published accelerators and a plain array, and what their papers "
                             "say beside it."),
                          tr("Simulate DeiT-Tiny on P²-ViT"), tr("Takes well below a second"),
                          tr("Or choose an accelerator and a workload above.")}},
               parent)
{
    makeLayout();
    connectParts();
    showChoices();
    showPage();
}

AcceleratorsView::~AcceleratorsView() = default;

bool AcceleratorsView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && run.result.table("schedule");
}

QString AcceleratorsView::troubleOf(const RunRecord& run) const
{
    return QString::fromStdString(
        runs_.size() == 1 && !run.error.empty() ? run.error : accelerators_plugin::troubleOf(run));
}

QString AcceleratorsView::whyNothing() const
{
    return triedFailure_.isEmpty() ? failure_ : triedFailure_;
}

void AcceleratorsView::dismissNotice()
{
    triedFailure_.clear();
    RoomView::dismissNotice();
}

void AcceleratorsView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    const Scenario before = readScenario(current());
    bindTo(done_.empty() ? QString() : QString::fromStdString(done_.front()->uid));
    if (readScenario(current()) != before)
        simulate(); // what was tried with other runs is not
    draw();
}

void AcceleratorsView::setState(const QJsonObject& state)
{
    const Scenario before = readScenario(current());
    state_ = state;
    const bool other = readScenario(current()) != before;
    if (other)
        simulate();
    draw();
}

Scenario AcceleratorsView::scenario() const
{
    const Scenario tried = readScenario(current());
    return tried.active() || done_.empty() ? tried : scenarioOf(*done_.front());
}

std::vector<const RunRecord*> AcceleratorsView::shown() const
{
    std::vector<const RunRecord*> records;
    for (const RunHandle& run : done_)
        records.push_back(run.get());
    if (tried_)
        records.push_back(tried_.get());
    return records;
}

// A pure function on a thread of the window's pool; the newest wish wins.
void AcceleratorsView::simulate()
{
    const Scenario tried = readScenario(current());
    if (!tried.active()) {
        tried_.reset();
        triedFailure_.clear();
        context_.compute(
            this, QStringLiteral("simulate"), [] {}, [] {}); // what is under way is not wanted
        return;
    }
    const auto result = std::make_shared<Result<RunRecord>>(tl::unexpected(Error{}));
    context_.compute(
        this, QStringLiteral("simulate"), [result, tried] { *result = simulateNow(tried.given()); },
        [this, result] {
            triedFailure_ = *result ? QString() : QString::fromStdString(result->error().message);
            if (*result)
                tried_ = std::make_shared<const RunRecord>(std::move(**result));
            else
                tried_.reset();
            draw();
            emit titleChanged();
        });
}

void AcceleratorsView::draw()
{
    showChoices();
    const auto records = shown();
    if (!records.empty()) {
        drawPlots(records);
        summary_->setRuns(records, runPlacesIn(current()));
        claims_->setClaims(claimsAbout(records));
        othersCard_->setVisible(records.size() == 1);
        if (records.size() == 1)
            others_->setOthers(*records.front());
    }
    showPage();
}

void AcceleratorsView::drawPlots(const std::vector<const RunRecord*>& records)
{
    const auto places = runPlacesIn(current());
    const figure::Figure schedule = scheduleFigure(records), area = areaFigure(records);
    schedule_->setFixedHeight(heightOf(schedule));
    schedule_->setFigure(schedule);
    roofline_->setFigure(rooflineFigure(records, places));
    buffers_->setFigure(buffersFigure(records));
    area_->setFigure(area);
    areaCard_->setVisible(!area.bars.empty());
    const QString bars = current().value("bars").toString(),
                  per = current().value("per").toString();
    barPlot_->setFigure(barsFigure(records, barsShowNamed(bars.toStdString()),
                                   barsPerNamed(per.toStdString()), places));
    bars_->setItemText(0, equalClocks(records) ? tr("Cycles") : tr("Time")); // as the axis says
    pick(*bars_, bars);
    pick(*per_, per);
    QJsonObject ranges = current().value("ranges").toObject();
    const bool zoomed = current().value("zoom").toString() == "block";
    if (const auto block = zoomed ? blockRange(records) : std::nullopt)
        for (const char* plot : {"schedule", "buffers"})
            ranges[QLatin1String(plot)] = QJsonObject{{"x", QJsonArray{block->low, block->high}}};
    for (const auto& [plot, key] : {std::pair{schedule_, "schedule"},
                                    {barPlot_, "bars"},
                                    {roofline_, "roofline"},
                                    {buffers_, "buffers"},
                                    {area_, "area"}})
        plot->setRangeState(ranges.value(key).toObject());
    zoom_->setCurrent(zoomed ? 1 : 0);
}

void AcceleratorsView::fillWorkloads(const std::string& accelerator)
{
    workload_->clear();
    const sim::Accelerator* machine = sim::findAccelerator(accelerator);
    std::vector<std::string> names = machine ? machine->workloads : std::vector<std::string>{};
    for (const sim::NamedWorkload& one : sim::workloadNames())
        if ((one.family == "vision" || (one.family == "operation mix" && accelerator == "nasa")) &&
            std::ranges::find(names, one.name) == names.end())
            names.push_back(one.name);
    std::ranges::copy(shippedVisionModels(), std::back_inserter(names));
    for (const std::string& name : names)
        workload_->addItem(QString::fromStdString(name));
}

void AcceleratorsView::showChoices()
{
    const Scenario now = scenario();
    const QSignalBlocker first(accelerator_), second(workload_);
    const QString machine = QString::fromStdString(now.accelerator),
                  work = QString::fromStdString(now.workload);
    if (accelerator_->currentData().toString() != machine || workload_->count() == 0)
        fillWorkloads(now.accelerator);
    accelerator_->setCurrentIndex(accelerator_->findData(machine));
    if (!work.isEmpty() && workload_->findText(work) < 0)
        workload_->addItem(work); // a file
    workload_->setCurrentIndex(workload_->findText(work));
    workload_->setEnabled(now.active());
    if (triedOn_ != now.accelerator) {
        const sim::Accelerator* tried = sim::findAccelerator(now.accelerator);
        whatIf_->setSpecs(tried ? acceleratorParams(*tried) : std::vector<ParamSpec>{});
        triedOn_ = now.accelerator;
    }
    whatIf_->setValues(now.set, readScenario(current()).active());
}

QString AcceleratorsView::title() const
{
    const auto records = shown();
    if (records.empty())
        return tr("Accelerators");
    QString name = QString::fromStdString(runName(*records.front()));
    if (records.size() > 1)
        name = tr("%1 beside %2").arg(name, QString::fromStdString(runName(*records[1])));
    return records.size() > 2 ? tr("%1 and %2 more").arg(name).arg(records.size() - 2) : name;
}

std::vector<figure::Figure> AcceleratorsView::figures() const
{
    const auto records = shown();
    if (records.empty())
        return {};
    std::vector<figure::Figure> all{schedule_->figure()};
    const QString per = current().value("per").toString();
    for (const BarsShow show : {BarsShow::cycles, BarsShow::energy, BarsShow::traffic})
        all.push_back(
            barsFigure(records, show, barsPerNamed(per.toStdString()), runPlacesIn(current())));
    all.push_back(roofline_->figure());
    for (const plot::PlotView* plot : {buffers_, area_})
        if (!plot->figure().series.empty() || !plot->figure().bars.empty())
            all.push_back(plot->figure());
    return all;
}

} // namespace vitrine::accelerators_plugin
