#include "plugins/accelerators/experiments/tables.h"

#include "core/sim/claims/claims.h"

namespace vitrine::accelerators_plugin
{

Table unitTable(const sim::SimResult& result)
{
    Table table{"units", {{"unit", "", Origin::computed, "Part of the accelerator"}}, {}};
    for (const char* unit : result.units)
        table.rows.push_back({std::string(unit)});
    return table;
}

Table bufferTable(const sim::Workload& workload, const sim::Accelerator& accelerator,
                  const sim::Settings& settings, const sim::SimResult& result)
{
    Table table{
        "buffers",
        {{"buffer", "", Origin::computed, "On-chip memory"},
         {"layer", "", Origin::computed, "At work"},
         {"module", "", Origin::computed, "What that is part of"},
         {"start", "cycle", Origin::computed, "Since the picture's first cycle"},
         {"end", "cycle", Origin::computed, "Since the picture's first cycle"},
         {"needed", "byte", Origin::computed, "That the layer, and what is fetched ahead, want"},
         {"resident", "byte", Origin::computed, "Of those, what fits"},
         {"capacity", "byte", Origin::computed, "Of the buffer"},
         {"filled", "1", Origin::computed, "Resident over capacity"}},
        {}};
    const auto buffers = accelerator.buffers(workload, settings);
    for (const sim::Filling& one : sim::occupancy(workload, result, buffers)) {
        const sim::Buffer& buffer = buffers[static_cast<std::size_t>(one.buffer)];
        const auto& shape = workload.layers[static_cast<std::size_t>(one.layer)].shape;
        table.rows.push_back(
            {std::string(buffer.name), shape.name, shape.module, one.start, one.end, one.needed,
             one.resident, buffer.bytes,
             static_cast<double>(one.resident) / static_cast<double>(buffer.bytes)});
    }
    return table;
}

Table areaTable(const sim::Accelerator& accelerator, const sim::Settings& settings,
                const sim::SimResult& result)
{
    Table table{"area",
                {{"part", "", Origin::computed, "Of the chip"},
                 {"count", "1", Origin::computed, "Elements, or KB of memory"},
                 {"unit_area", "µm²", Origin::computed, "Of an element at 45 nm, where known"},
                 {"area_mm2", "mm²", Origin::computed, "Of all of them"},
                 {"mark", "", Origin::computed, "Where the unit area, else the count, comes from"},
                 {"note", "", Origin::computed, "What it is"}},
                {}};
    for (const sim::AreaPart& part : accelerator.area(settings, result)) {
        const bool known = part.unitArea.has_value();
        table.rows.push_back({part.part, part.count, known ? Cell{*part.unitArea} : Cell{},
                              known ? Cell{*part.unitArea * part.count * 1e-6} : Cell{},
                              sim::markName(part.mark), part.note});
    }
    return table;
}

} // namespace vitrine::accelerators_plugin
