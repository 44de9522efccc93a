#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/sim/cost/accelerator.h"
#include "core/sim/search/sweep.h"

namespace vitrine::accelerators_plugin
{

// cycles, latency_ms, fps, gops, utilisation, energy_mj, gops_per_watt, dram_bytes, ... and what
// only this accelerator has.
std::vector<Metric> metricsOf(const sim::SimResult& result);

// One row per layer that does something.
Table layerTable(const sim::Workload& workload, const sim::SimResult& result);
// unit, layer, start, end.
Table scheduleTable(const sim::Workload& workload, const sim::SimResult& result);
// unit: the rows of the schedule, in the machine's order.
Table unitTable(const sim::SimResult& result);
// buffer, layer, module, start, end, needed, resident, capacity, filled: on-chip memories over the
// schedule.
Table bufferTable(const sim::Workload& workload, const sim::Accelerator& accelerator,
                  const sim::Settings& settings, const sim::SimResult& result);
// part, count, unit_area, area_mm2, mark, note.
Table areaTable(const sim::Accelerator& accelerator, const sim::Settings& settings,
                const sim::SimResult& result);
// claim, paper, unit, mark, ours, deviation, conditions: what the accelerator's paper says beside
// what we get.
Table referenceTable(const sim::Accelerator& accelerator);
// Every other machine that can run the workload, with its defaults: key figures.
Table besideTable(const sim::Workload& workload, const sim::Accelerator& accelerator);
// name, value, unit, minimum, maximum, mark: the machine that was simulated.
Table parameterTable(const sim::Accelerator& accelerator, const sim::Settings& settings);

// Columns of the axes, then results; `rows` picks the points.
Table pointTable(const char* name, const sim::Accelerator& accelerator,
                 const std::vector<sim::SweepAxis>& axes,
                 const std::vector<sim::SweepPoint>& points, const std::vector<std::size_t>& rows);

} // namespace vitrine::accelerators_plugin
