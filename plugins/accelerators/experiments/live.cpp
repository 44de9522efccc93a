#include "plugins/accelerators/experiments/live.h"

#include "plugins/accelerators/experiments/simulate_experiment.h"

namespace vitrine::accelerators_plugin
{

Result<RunRecord> simulateNow(const std::map<std::string, std::string>& given)
{
    const SimulateExperiment experiment;
    VITRINE_TRY(Params params, resolveParams(experiment, given));
    QuietProgress progress;
    RunRecord record;
    record.experiment = experiment.info().id;
    record.state = RunState::done;
    VITRINE_TRY(record.result, experiment.run(params, progress));
    record.params = std::move(params);
    return record;
}

} // namespace vitrine::accelerators_plugin
