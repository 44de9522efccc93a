#include "plugins/accelerators/experiments/map_experiment.h"

#include "core/sim/search/mapper.h"
#include "plugins/accelerators/experiments/input.h"

#include <chrono>

namespace vitrine::accelerators_plugin
{
namespace
{

ParamSpec objectiveParam()
{
    ParamSpec objective;
    objective.name = "objective";
    objective.label = "Objective";
    objective.type = ParamType::choice;
    objective.choices = {{"latency", "Latency", "Fewest cycles"},
                         {"energy", "Energy", "Least energy"},
                         {"edp", "EDP", "Least energy times latency"}};
    objective.fallback = "edp";
    objective.help = "What the mapping is chosen for; the other quantities may get worse";
    return objective;
}

ParamSpec budgetParam()
{
    ParamSpec budget;
    budget.name = "budget";
    budget.label = "Budget";
    budget.type = ParamType::integer;
    budget.unit = "mapping";
    budget.minimum = 1;
    budget.maximum = 100'000'000;
    budget.fallback = std::int64_t{200'000};
    budget.help = "Mappings to evaluate; where that is fewer than there are, a choice by the seed";
    return budget;
}

sim::MapOptions optionsOf(const Params& params)
{
    const std::string& objective = params.text("objective");
    return {objective == "latency"  ? sim::MapObjective::latency
            : objective == "energy" ? sim::MapObjective::energy
                                    : sim::MapObjective::edp,
            params.integer("budget"), static_cast<std::uint64_t>(params.integer("seed"))};
}

std::string orderText(const sim::LoopOrder& order)
{
    std::string text;
    for (const sim::Loop loop : order)
        text += loop == sim::Loop::m ? 'm' : loop == sim::Loop::n ? 'n' : 'k';
    return text;
}

Table layerMappings(const sim::Workload& workload, const sim::MapResult& found)
{
    Table table{"mapping",
                {{"layer", "", Origin::computed, "As the workload names it"},
                 {"dataflow", "", Origin::computed, "What stays in the array; default: as it was"},
                 {"tile_m", "1", Origin::computed, "Rows of a tile"},
                 {"tile_n", "1", Origin::computed, "Columns of a tile"},
                 {"tile_k", "1", Origin::computed, "Depth of a tile"},
                 {"order", "", Origin::computed, "Loops over the tiles, outermost first"},
                 {"cycles", "cycle", Origin::computed, "Of the mapping that was found"},
                 {"default_cycles", "cycle", Origin::computed, "Of the default"},
                 {"energy", "pJ", Origin::computed, "Of the mapping that was found"},
                 {"default_energy", "pJ", Origin::computed, "Of the default"},
                 {"dram_bytes", "byte", Origin::computed, "Of the mapping that was found"},
                 {"default_dram_bytes", "byte", Origin::computed, "Of the default"}},
                {}};
    constexpr const char* kDataflows[] = {"os", "ws", "is"};
    for (const sim::MappedLayer& layer : found.layers) {
        std::vector<Cell> row{workload.layers[static_cast<std::size_t>(layer.layer)].shape.name};
        if (layer.mapping)
            row.insert(row.end(), {kDataflows[static_cast<std::size_t>(layer.mapping->dataflow)],
                                   layer.mapping->tile.m, layer.mapping->tile.n,
                                   layer.mapping->tile.k, orderText(layer.mapping->order)});
        else
            row.insert(row.end(), {std::string("default"), Cell{}, Cell{}, Cell{}, Cell{}});
        row.insert(row.end(), {layer.cycles, layer.cyclesBefore, layer.picojoule,
                               layer.picojouleBefore, layer.dramBytes, layer.dramBytesBefore});
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table choiceMappings(const sim::MapResult& found)
{
    Table table{"mapping",
                {{"choice", "", Origin::computed, "Parameter of the schedule"},
                 {"found", "", Origin::computed, "Best value"},
                 {"default", "", Origin::computed, "Value before"}},
                {}};
    for (const sim::MappedChoice& choice : found.choices)
        table.rows.push_back({choice.parameter, choice.found, choice.before});
    return table;
}

} // namespace

ExperimentInfo MapExperiment::info() const
{
    return {"accelerators.map", "Map a workload",
            "Searches tiles, loop orders and dataflows per layer (plain array), or the schedule's "
            "choices (the others), against the default.",
            1};
}

std::vector<ParamSpec> MapExperiment::params(const Params& chosen) const
{
    std::vector<ParamSpec> specs = commonParams(chosen);
    specs.push_back(objectiveParam());
    specs.push_back(budgetParam());
    const auto own = acceleratorParams(chosenAccelerator(chosen));
    specs.insert(specs.end(), own.begin(), own.end());
    return specs;
}

Result<RunResult> MapExperiment::run(const Params& params, Progress& progress) const
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    RunResult result;
    VITRINE_TRY(const sim::Workload workload, openWorkload(params, result));
    const auto start = std::chrono::steady_clock::now();
    VITRINE_TRY(
        const sim::MapResult found,
        sim::findMapping(workload, accelerator, settingsOf(accelerator, params), optionsOf(params),
                         [&](double share) { return progress.advance(share, 1, "layers"); }));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto evaluated = static_cast<double>(found.evaluated);
    result.metrics = {
        {"edp_gain", found.edpGain(), "1", Origin::computed,
         "Energy times latency of the default over that of the mapping found"},
        {"latency_gain", found.secondsBefore / found.seconds, "1", Origin::computed,
         "Latency of the default over the one found"},
        {"energy_gain", found.jouleBefore / found.joule, "1", Origin::computed,
         "Energy of the default over the one found"},
        {"mappings_evaluated", evaluated, "1", Origin::computed, "Those that do not fit included"},
        {"mappings_per_second", evaluated / seconds, "1/s", Origin::measured, "On one thread"},
        {"latency_ms", found.seconds * 1e3, "ms", Origin::computed, "Of the mapping found"},
        {"energy_mj", found.joule * 1e3, "mJ", Origin::computed, "Of the mapping found"},
        {"default_latency_ms", found.secondsBefore * 1e3, "ms", Origin::computed, "Before"},
        {"default_energy_mj", found.jouleBefore * 1e3, "mJ", Origin::computed, "Before"},
        {"exhaustive", found.exhaustive ? 1.0 : 0.0, "1", Origin::computed,
         "1: every mapping of the space was evaluated"}};
    result.tables = {found.layers.empty() ? choiceMappings(found) : layerMappings(workload, found)};
    VITRINE_CHECK(noteLeftOut(workload, accelerator, params, result));
    if (sim::mappingParameters(accelerator).empty() && found.layers.empty())
        result.notes.push_back(accelerator.title +
                               " leaves no choice of mapping: each chunk runs the layers of its "
                               "kind in order.");
    if (!found.exhaustive)
        result.notes.push_back("The budget is smaller than the space: a choice of it was "
                               "evaluated.");
    return result;
}

} // namespace vitrine::accelerators_plugin
