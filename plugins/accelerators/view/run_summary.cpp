#include "plugins/accelerators/view/run_summary.h"

#include "core/sim/cost/accelerator.h"
#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"

#include <cmath>

namespace vitrine::accelerators_plugin
{
namespace
{

struct Shown {
    const char *metric, *name, *unit;
    double factor;
    const char* help;
};
constexpr Shown kShown[] = {
    {"latency_ms", "Latency", "ms", 1, "Cycles over the clock"},
    {"fps", "Rate", "1/s", 1, "Pictures or frames per second"},
    {"gops", "GOPS", "", 1, "Two operations per multiply-accumulate"},
    {"utilisation", "Utilised", "%", 100, "MACs over what the arrays could have done"},
    {"energy_mj", "Energy", "mJ", 1, "All parts, DRAM included"},
    {"gops_per_watt", "GOPS/W", "", 1, "Of the chip alone where its paper counts so"},
    {"dram_bytes", "DRAM", "MB", 1e-6, "Read and written"}};

void addColumns(Table& table)
{
    for (const Shown& one : kShown)
        table.columns.push_back({one.name, one.unit, Origin::computed, one.help});
}

Cell scaled(double value, double factor)
{
    return std::isnan(value) ? Cell{} : Cell{value * factor};
}

} // namespace

void RunSummary::setRuns(const std::vector<const RunRecord*>& runs, const figure::RunPlaces& places)
{
    Table table{
        "comparison", {{"Run", "", Origin::computed, "Stored runs, and what is tried"}}, {}};
    addColumns(table);
    const bool several = runs.size() > 1;
    if (several) {
        const std::string first = "of the first run, over this one's: above 1 this one is better";
        table.columns.push_back({"Speed-up", "×", Origin::computed, "Latency " + first});
        table.columns.push_back({"Energy gain", "×", Origin::computed, "Energy " + first});
    }
    std::vector<int> colours;
    const auto looks = looksOf(runs, places);
    const std::vector<std::string> names = shortNames(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunRecord& run = *runs[i];
        std::vector<Cell> row{several || run.number > 0 ? names[i] : prefixOf(run) + runName(run)};
        for (const Shown& one : kShown)
            row.push_back(metricOf(run.result, one.metric) * one.factor);
        if (several)
            for (const char* name : {"latency_ms", "energy_mj"})
                row.push_back(metricOf(runs.front()->result, name) / metricOf(run.result, name));
        colours.push_back(looks[i].colour);
        table.rows.push_back(std::move(row));
    }
    setRows(std::move(table), colours);
}

void RunSummary::setOthers(const RunRecord& run)
{
    Table table{"others", {{"Accelerator", "", Origin::computed, "With its defaults"}}, {}};
    addColumns(table);
    const Table* beside = run.result.table("beside");
    for (std::size_t i = 0; beside && i < beside->rows.size(); ++i) {
        const RowReader other(*beside, i);
        const sim::Accelerator* machine = sim::findAccelerator(other.text("accelerator"));
        std::vector<Cell> row{machine ? Cell{machine->title} : other.cell("accelerator")};
        for (const Shown& one : kShown)
            row.push_back(scaled(other.number(one.metric), one.factor));
        table.rows.push_back(std::move(row));
    }
    setRows(std::move(table), {});
}

} // namespace vitrine::accelerators_plugin
