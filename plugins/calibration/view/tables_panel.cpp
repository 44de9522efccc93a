#include "plugins/calibration/view/tables_panel.h"

#include "widgets/params/segmented_switch.h"
#include "widgets/table/data_table.h"

#include <QHBoxLayout>

namespace vitrine::calibration_plugin
{
namespace
{

const QStringList kNames = {"heads", "sinks", "census", "runs"};

} // namespace

TablesPanel::TablesPanel(QWidget* parent)
    : Panel(tr("Numbers"), parent), choice_(new SegmentedSwitch(this)), table_(new DataTable(this))
{
    choice_->setAccessibleName(tr("Table"));
    choice_->setOptions({tr("Heads"), tr("Sinks"), tr("Census")},
                        {tr("Every head before and after"), tr("Every sink of every head"),
                         tr("Where in the text sinks stand, before and after")});
    controls()->addWidget(choice_);
    body()->addWidget(table_, 1);
    table_->setAccessibleName(tr("Numbers"));
    connect(choice_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit tableChosen(kNames[index]); });
}

void TablesPanel::setScene(const Scene& scene)
{
    runs_.clear();
    for (const TunedRun& run : scene.runs)
        runs_.push_back(run.run);
    if (several_ != (runs_.size() > 1)) {
        several_ = runs_.size() > 1;
        QStringList words = {tr("Heads"), tr("Sinks"), tr("Census")};
        if (several_)
            words << tr("Runs");
        choice_->setOptions(words);
    }
    fill();
}

void TablesPanel::setTable(const QString& name)
{
    const QString known = kNames.contains(name) ? name : kNames.front();
    if (known == name_)
        return;
    name_ = known;
    fill();
}

void TablesPanel::fill()
{
    choice_->setCurrent(static_cast<int>(kNames.indexOf(name_)));
    if (runs_.empty())
        return;
    if (name_ == QLatin1String("runs")) {
        table_->setTable(metricsTable(runs_));
        return;
    }
    const Table* table = runs_.front()->result.table(name_.toStdString());
    table_->setTable(table ? *table : Table{});
}

Table metricsTable(const std::vector<RunHandle>& runs)
{
    Table table;
    table.name = "runs";
    table.columns = {{"metric", "", Origin::computed, ""}, {"unit", "", Origin::computed, ""}};
    for (const RunHandle& run : runs)
        table.columns.push_back({run->number > 0 ? fmt::format("#{}", run->number) : "live", "",
                                 Origin::computed, runLabel(*run)});
    const bool two = runs.size() == 2;
    if (two)
        table.columns.push_back({"difference", "", Origin::computed, "second − first"});
    for (const Metric& metric : runs.front()->result.metrics) {
        std::vector<Cell> row = {metric.name, metric.unit == "1" ? std::string() : metric.unit};
        for (const RunHandle& run : runs)
            row.push_back(metricOf(run->result, metric.name));
        if (two)
            row.push_back(numberOf(row[3]) - numberOf(row[2]));
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace vitrine::calibration_plugin
