#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::quantization_plugin
{

// "quantization.vision": a vision transformer in codes beside the original, over pictures whose
// class is known: simulated, and where a method leaves nothing in floating point in whole numbers
// too.
class VisionExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::quantization_plugin
