#include "plugins/accelerators/experiments/tables.h"

#include "core/sim/claims/claims.h"
#include "plugins/common/claim_table.h"

#include <cmath>

namespace vitrine::accelerators_plugin
{
namespace
{

const char* boundName(sim::Bound bound)
{
    switch (bound) {
    case sim::Bound::compute:
        return "compute";
    case sim::Bound::dram:
        return "DRAM";
    case sim::Bound::nothing:
        break;
    }
    return "";
}

std::string parameterText(const sim::Parameter& parameter, double value)
{
    if (parameter.kind == sim::ParameterKind::choice)
        return parameter.choices[static_cast<std::size_t>(value)];
    if (parameter.kind == sim::ParameterKind::toggle)
        return value != 0 ? "on" : "off";
    return fmt::format("{}", value);
}

bool isSilent(const sim::LayerResult& layer)
{
    return layer.macs == 0 && layer.cycles == 0 && layer.dram.total() == 0 &&
           layer.energy == sim::EnergyParts{};
}

} // namespace

std::vector<Metric> metricsOf(const sim::SimResult& r)
{
    std::vector<Metric> metrics{
        {"cycles", r.cycles, "cycle", Origin::computed, "Of one picture or frame"},
        {"latency_ms", r.seconds() * 1e3, "ms", Origin::computed, "Cycles over the clock"},
        {"fps", r.framesPerSecond(), "1/s", Origin::computed, "Pictures or frames per second"},
        {"gops", r.gops(), "GOPS", Origin::computed, "Two operations per multiply-accumulate"},
        {"utilisation", r.utilisation(), "1", Origin::computed,
         "MACs over what the arrays could have done"},
        {"energy_mj", r.joule() * 1e3, "mJ", Origin::computed, "All parts, DRAM included"},
        {"gops_per_watt", r.gopsPerWatt(), "GOPS/W", Origin::computed,
         r.dramApart ? "Of the chip, DRAM apart" : "DRAM included"},
        {"dram_bytes", static_cast<double>(r.dram.total()), "byte", Origin::computed,
         "Read and written"},
        {"watt", r.watt(), "W", Origin::computed, r.dramApart ? "Of the chip" : "DRAM included"},
        {"edp", r.edp(), "J s", Origin::computed, "Energy times latency"},
        {"macs", static_cast<double>(r.macs), "MAC", Origin::computed, "That were done"},
        {"compute_cycles", r.computeCycles, "cycle", Origin::computed, "If data were always there"},
        {"stalled_cycles", r.stalledCycles, "cycle", Origin::computed,
         "With waiting for DRAM; equals cycles where memory=stalls"},
        {"peak_gops", 2e-9 * r.peakMacsPerCycle * r.clockHz, "GOPS", Origin::computed,
         "All arrays busy"},
        {"dram_gbs", r.bytesPerCycle * r.clockHz / 1e9, "GB/s", Origin::computed,
         "Bandwidth that is reached"}};
    for (const sim::Extra& extra : r.extras)
        metrics.push_back({extra.name, extra.value, extra.unit, Origin::computed, extra.help});
    return metrics;
}

Table layerTable(const sim::Workload& workload, const sim::SimResult& result)
{
    Table table{
        "layers",
        {{"layer", "", Origin::computed, "As the checkpoint or the table names it"},
         {"module", "", Origin::computed, "What it is part of"},
         {"kind", "", Origin::computed, "What it does"},
         {"macs", "MAC", Origin::computed, "Done by the arrays"},
         {"cycles", "cycle", Origin::computed, "What it adds to the run"},
         {"utilisation", "1", Origin::computed, "MACs over what the arrays could do"},
         {"mapping_efficiency", "1", Origin::computed, "Share of the array with work"},
         {"ifmap_reads", "byte", Origin::computed, "From SRAM; words of the systolic array"},
         {"filter_reads", "byte", Origin::computed, "From SRAM; words of the systolic array"},
         {"ofmap_writes", "byte", Origin::computed, "To SRAM; words of the systolic array"},
         {"dram_in", "byte", Origin::computed, "Activations read"},
         {"dram_weights", "byte", Origin::computed, "Weights read"},
         {"dram_out", "byte", Origin::computed, "Activations written"},
         {"compute_cycles", "cycle", Origin::computed, "Its arithmetic alone"},
         {"dram_cycles", "cycle", Origin::computed, "Its bytes at full bandwidth"},
         {"bound_by", "", Origin::computed, "What takes longer"}},
        {}};
    for (std::size_t part = 0; part < sim::kEnergyParts; ++part)
        table.columns.push_back({fmt::format("energy_{}", sim::energyPartName(part)), "pJ",
                                 Origin::computed, "Part of the layer's energy"});
    for (std::size_t i = 0; i < result.layers.size(); ++i) {
        const sim::LayerResult& layer = result.layers[i];
        if (isSilent(layer))
            continue;
        const model::LayerShape& shape = workload.layers[i].shape;
        std::vector<Cell> row{shape.name,
                              shape.module,
                              model::kindName(shape.kind),
                              layer.macs,
                              layer.cycles,
                              layer.utilisation,
                              layer.mapping > 0 ? Cell{layer.mapping} : Cell{},
                              layer.sram.in,
                              layer.sram.weights,
                              layer.sram.out,
                              layer.dram.in,
                              layer.dram.weights,
                              layer.dram.out,
                              layer.computeCycles,
                              layer.dramCycles,
                              boundName(layer.bound)};
        for (const double part : layer.energy)
            row.push_back(part);
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table scheduleTable(const sim::Workload& workload, const sim::SimResult& result)
{
    Table table{"schedule",
                {{"unit", "", Origin::computed, "Part of the accelerator"},
                 {"layer", "", Origin::computed, "What it works on"},
                 {"module", "", Origin::computed, "What that is part of"},
                 {"start", "cycle", Origin::computed, "Since the picture's first cycle"},
                 {"end", "cycle", Origin::computed, "Since the picture's first cycle"}},
                {}};
    for (const sim::Interval& interval : result.schedule) {
        if (interval.end <= interval.start)
            continue;
        const auto& shape = workload.layers[static_cast<std::size_t>(interval.layer)].shape;
        table.rows.push_back({result.units[static_cast<std::size_t>(interval.unit)], shape.name,
                              shape.module, interval.start, interval.end});
    }
    return table;
}

Table referenceTable(const sim::Accelerator& accelerator)
{
    return claimTable(sim::references(accelerator), "Simulated under these conditions");
}

Table besideTable(const sim::Workload& workload, const sim::Accelerator& accelerator)
{
    Table table{"beside", {{"accelerator", "", Origin::computed, "With its defaults"}}, {}};
    constexpr std::size_t kKeyMetrics = 8; // those of the contract
    for (const sim::Accelerator& other : sim::accelerators()) {
        if (other.id == accelerator.id)
            continue;
        const auto result = sim::simulate(workload, other, sim::defaultSettings(other.parameters));
        if (!result) // it cannot run this
            continue;
        const auto metrics = metricsOf(*result);
        std::vector<Cell> row{other.id};
        for (std::size_t i = 0; i < kKeyMetrics; ++i) {
            if (table.rows.empty())
                table.columns.push_back(
                    {metrics[i].name, metrics[i].unit, Origin::computed, metrics[i].help});
            row.push_back(metrics[i].value);
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table parameterTable(const sim::Accelerator& accelerator, const sim::Settings& settings)
{
    Table table{
        "machine",
        {{"parameter", "", Origin::computed, "Name"},
         {"value", "", Origin::computed, "As simulated"},
         {"unit", "", Origin::computed, "Of the value"},
         {"minimum", "", Origin::computed, "Allowed"},
         {"maximum", "", Origin::computed, "Allowed"},
         {"mark", "", Origin::computed, "Where the default comes from; changed: set by you"},
         {"help", "", Origin::computed, "What it means"}},
        {}};
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const sim::Parameter& p = accelerator.parameters[i];
        const bool number =
            p.kind == sim::ParameterKind::integer || p.kind == sim::ParameterKind::real;
        table.rows.push_back({p.name, parameterText(p, settings[i]), p.unit,
                              number ? Cell{p.minimum} : Cell{}, number ? Cell{p.maximum} : Cell{},
                              settings[i] == p.fallback ? sim::markName(p.mark) : "changed",
                              p.help});
    }
    return table;
}

Table pointTable(const char* name, const sim::Accelerator& accelerator,
                 const std::vector<sim::SweepAxis>& axes,
                 const std::vector<sim::SweepPoint>& points, const std::vector<std::size_t>& rows)
{
    Table table{name, {}, {}};
    for (const sim::SweepAxis& axis : axes) {
        const sim::Parameter& parameter = accelerator.parameters[axis.parameter];
        table.columns.push_back({parameter.name, parameter.unit, Origin::computed, parameter.help});
    }
    for (const auto& [column, unit] : {std::pair{"cycles", "cycle"},
                                       {"latency_ms", "ms"},
                                       {"energy_mj", "mJ"},
                                       {"utilisation", "1"},
                                       {"gops", "GOPS"},
                                       {"edp", "J s"},
                                       {"dram_bytes", "byte"},
                                       {"front", "1"}})
        table.columns.push_back({column, unit, Origin::computed, ""});
    for (const std::size_t index : rows) {
        const sim::SweepPoint& point = points[index];
        std::vector<Cell> row;
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            const sim::Parameter& parameter = accelerator.parameters[axes[axis].parameter];
            if (parameter.kind == sim::ParameterKind::real)
                row.push_back(point.values[axis]);
            else if (parameter.kind == sim::ParameterKind::integer)
                row.push_back(static_cast<std::int64_t>(point.values[axis]));
            else
                row.push_back(parameterText(parameter, point.values[axis]));
        }
        for (const double value : {point.cycles, point.latencyMs, point.energyMj, point.utilisation,
                                   point.gops, point.edp})
            row.push_back(value);
        row.push_back(point.dramBytes);
        row.push_back(static_cast<std::int64_t>(point.front));
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace vitrine::accelerators_plugin
