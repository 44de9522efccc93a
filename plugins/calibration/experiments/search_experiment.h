#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::calibration_plugin
{

// calibration.search: which heads are worth calibrating (ACT, section 6). Saves its state as it
// goes: paused, cancelled or killed, it goes on where it was and ends with the same result.
class SearchExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::calibration_plugin
