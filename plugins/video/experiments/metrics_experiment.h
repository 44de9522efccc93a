#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::video_plugin
{

// video.metrics: how far a test is from its reference, frame by frame.
class MetricsExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::video_plugin
