#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::calibration_plugin
{

// calibration.apply: calibrates attention maps that another program has captured.
class ApplyExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::calibration_plugin
