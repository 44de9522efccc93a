#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::calibration_plugin
{

// calibration.tune: what calibrating heads does to one text: maps, sinks, next tokens. Kept run and
// live session.
class TuneExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
    Result<std::unique_ptr<LiveSession>> open(const Params& params) const override;
};

} // namespace vitrine::calibration_plugin
