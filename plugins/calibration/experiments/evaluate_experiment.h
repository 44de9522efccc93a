#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::calibration_plugin
{

// calibration.evaluate: a task answered by the model as it is, with calibrated heads, and with as
// many heads drawn at random.
class EvaluateExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::calibration_plugin
