#include "plugins/accelerators/experiments/simulate_experiment.h"

#include "core/sim/cost/left_out.h"
#include "plugins/accelerators/experiments/input.h"
#include "plugins/accelerators/experiments/tables.h"

namespace vitrine::accelerators_plugin
{

ExperimentInfo SimulateExperiment::info() const
{
    return {"accelerators.simulate", "Simulate an accelerator",
            "Cycles, utilisation, traffic and energy of every layer, and the paper's figures "
            "beside ours.",
            1};
}

std::vector<ParamSpec> SimulateExperiment::params(const Params& chosen) const
{
    std::vector<ParamSpec> specs = commonParams(chosen);
    const auto own = acceleratorParams(chosenAccelerator(chosen));
    specs.insert(specs.end(), own.begin(), own.end());
    return specs;
}

Result<RunResult> SimulateExperiment::run(const Params& params, Progress& progress) const
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    RunResult result;
    VITRINE_TRY(const sim::Workload workload, openWorkload(params, result));
    const sim::Settings settings = settingsOf(accelerator, params);
    VITRINE_TRY(const sim::SimResult simulated, sim::simulate(workload, accelerator, settings));
    if (!progress.advance(1, 2, "steps"))
        return cancelled();
    result.metrics = metricsOf(simulated);
    result.tables = {layerTable(workload, simulated),
                     scheduleTable(workload, simulated),
                     unitTable(simulated),
                     bufferTable(workload, accelerator, settings, simulated),
                     areaTable(accelerator, settings, simulated),
                     referenceTable(accelerator),
                     besideTable(workload, accelerator),
                     parameterTable(accelerator, settings)};
    result.notes.insert(result.notes.end(), simulated.notes.begin(), simulated.notes.end());
    if (std::string note = sim::leftOutNote(workload, simulated); !note.empty())
        result.notes.push_back(std::move(note));
    if (simulated.stalledCycles > simulated.cycles)
        result.notes.push_back(
            fmt::format("DRAM at {:.1f} GB/s would make it {:.1f} % slower (memory=stalls).",
                        simulated.bytesPerCycle * simulated.clockHz / 1e9,
                        100 * (simulated.stalledCycles / simulated.cycles - 1)));
    return result;
}

} // namespace vitrine::accelerators_plugin
