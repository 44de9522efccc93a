#include "plugins/accelerators/view.h"

#include "core/sim/accelerator.h"
#include "core/sim/workloads.h"
#include "plugins/accelerators/figures.h"
#include "plugins/accelerators/live.h"
#include "plugins/accelerators/reference_table.h"
#include "plugins/accelerators/state_pages.h"
#include "plugins/accelerators/what_if_bar.h"
#include "widgets/plot/plot_view.h"

#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QSignalBlocker>
#include <QStackedWidget>

#include <algorithm>

namespace vitrine::accelerators
{
namespace
{

// Key figures of the runs, one row each.
Table summaryOf(const std::vector<const RunRecord*>& records)
{
    constexpr const char* kMetrics[] = {"cycles",      "latency_ms", "fps",           "gops",
                                        "utilisation", "energy_mj",  "gops_per_watt", "dram_bytes"};
    Table table{
        "comparison", {{"run", "", Origin::computed, "Stored runs, and what is tried"}}, {}};
    for (const char* name : kMetrics) {
        const Metric* metric = records.empty() ? nullptr : records.front()->result.metric(name);
        table.columns.push_back(
            {name, metric ? metric->unit : "", Origin::computed, metric ? metric->help : ""});
    }
    for (const RunRecord* record : records) {
        const std::string name = runName(*record);
        std::vector<Cell> row{record->number > 0 ? fmt::format("#{} {}", record->number, name)
                                                 : "what if: " + name};
        for (const char* metric : kMetrics) {
            const Metric* found = record->result.metric(metric);
            row.push_back(found ? Cell{found->value} : Cell{});
        }
        table.rows.push_back(std::move(row));
    }
    // A run alone is shown beside the other machines with their defaults.
    const Table* beside = records.size() == 1 ? records.front()->result.table("beside") : nullptr;
    for (const auto& others : beside ? beside->rows : std::vector<std::vector<Cell>>{}) {
        std::vector<Cell> row{"defaults: " + std::get<std::string>(others[0])};
        for (const char* metric : kMetrics) {
            const int column = beside->column(metric);
            row.push_back(column < 0 ? Cell{} : others[static_cast<std::size_t>(column)]);
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace

AcceleratorsView::AcceleratorsView(ViewContext& context, QWidget* parent)
    : View(parent), context_(context)
{
    setObjectName("page");
    setAccessibleName(tr("Accelerators"));
    makeLayout();
    connectParts();
    connect(&context_, &ViewContext::themeChanged, this, &AcceleratorsView::draw);
    showChoices();
    showPage();
}

AcceleratorsView::~AcceleratorsView() = default;

void AcceleratorsView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_.clear();
    failure_.clear();
    loading_.clear();
    for (const RunHandle& run : runs)
        if (run->state == RunState::done && run->result.table("schedule"))
            runs_.push_back(run);
        else
            failure_ = QString::fromStdString(run->error.empty() ? "the run holds no schedule"
                                                                 : run->error);
    draw();
    emit titleChanged();
}

void AcceleratorsView::setState(const QJsonObject& state)
{
    const bool other = readScenario(state) != readScenario(state_);
    state_ = state;
    if (other)
        simulate();
    draw();
}

Scenario AcceleratorsView::scenario() const
{
    const Scenario tried = readScenario(state_);
    return tried.active() || runs_.empty() ? tried : scenarioOf(*runs_.front());
}

std::vector<const RunRecord*> AcceleratorsView::shown() const
{
    std::vector<const RunRecord*> records;
    for (const RunHandle& run : runs_)
        records.push_back(run.get());
    if (tried_)
        records.push_back(tried_.get());
    return records;
}

// A pure function on a thread of the window's pool; the newest wish wins.
void AcceleratorsView::simulate()
{
    const Scenario tried = readScenario(state_);
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
        schedule_->setFigure(scheduleFigure(records));
        roofline_->setFigure(rooflineFigure(records));
        drawBars(records);
        const QJsonObject ranges = state_["ranges"].toObject();
        for (const auto& [plot, key] :
             {std::pair{schedule_, "schedule"}, {barPlot_, "bars"}, {roofline_, "roofline"}})
            plot->setRangeState(ranges[key].toObject());
        const Table summary = summaryOf(records);
        summary_->setTable(summary);
        summary_->setFixedHeight(
            38 + 28 * static_cast<int>(std::min<std::size_t>(summary.rows.size(), 4)));
        claims_->setRuns(records);
    }
    showPage();
}

void AcceleratorsView::drawBars(const std::vector<const RunRecord*>& records)
{
    const QString kind = state_["bars"].toString(QStringLiteral("cycles"));
    barPlot_->setFigure(kind == "energy"    ? energyFigure(records)
                        : kind == "traffic" ? trafficFigure(records)
                                            : cyclesFigure(records));
    const QSignalBlocker silent(bars_);
    bars_->setCurrentIndex(std::max(0, bars_->findData(kind)));
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
    whatIf_->setScenario(now, readScenario(state_).active());
}

void AcceleratorsView::showPage()
{
    const bool any = !shown().empty();
    const QString trouble = !triedFailure_.isEmpty() ? triedFailure_ : failure_;
    banner_->setVisible(any && !trouble.isEmpty());
    bannerText_->setText(trouble);
    QWidget* page = empty_;
    if (any) {
        page = content_;
    } else if (!loading_.isEmpty()) {
        loadingPage_->setProgress(loading_, fraction_);
        page = loadingPage_;
    } else if (!trouble.isEmpty()) {
        failurePage_->setMessage(trouble, !lastStart_.empty());
        page = failurePage_;
    }
    pages_->setCurrentWidget(page);
}

void AcceleratorsView::change(const Scenario& scenario, const QString& label,
                              const QString& mergeKey)
{
    const QJsonObject changed = withScenario(state_, scenario);
    if (changed != state_)
        context_.change(this, changed, label, mergeKey);
}

void AcceleratorsView::change(const QString& key, const QJsonValue& value, const QString& label,
                              const QString& mergeKey)
{
    QJsonObject changed = state_;
    changed[key] = value;
    if (changed != state_)
        context_.change(this, changed, label, mergeKey);
}

void AcceleratorsView::start(const std::map<std::string, std::string>& given, bool compare)
{
    lastStart_ = given;
    context_.startRun(this, "accelerators.simulate", given, compare);
}

void AcceleratorsView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the skeleton goes.
void AcceleratorsView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
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
    return {schedule_->figure(), cyclesFigure(records), energyFigure(records),
            trafficFigure(records), rooflineFigure(records)};
}

} // namespace vitrine::accelerators
