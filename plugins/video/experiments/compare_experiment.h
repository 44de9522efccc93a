#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::video_plugin
{

// video.compare: codecs side by side on one reference, as rate-distortion points and Bjøntegaard
// deltas.
class CompareExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::video_plugin
