#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::quantization_plugin
{

// quantization.kernels: how fast this machine multiplies a vector by binary codes, by each family
// of products, beside dense F32 and F16 weights, and how exactly.
class KernelsExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::quantization_plugin
