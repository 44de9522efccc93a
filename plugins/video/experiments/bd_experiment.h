#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::video_plugin
{

// video.bd: Bjøntegaard deltas of two rate-distortion curves from a file.
class BdExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::video_plugin
