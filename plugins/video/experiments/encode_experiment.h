#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::video_plugin
{

// video.encode: one input by one codec into a file, with rate and quality.
class EncodeExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::video_plugin
