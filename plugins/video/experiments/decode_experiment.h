#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::video_plugin
{

// video.decode: any video into a Y4M file, with its rate and the decoder's speed.
class DecodeExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::video_plugin
