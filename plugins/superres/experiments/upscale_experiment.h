#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::superres_plugin
{

// superres.upscale: pictures made larger by one method, beside bicubic enlargement and, where it is
// known, the truth.
class UpscaleExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::superres_plugin
