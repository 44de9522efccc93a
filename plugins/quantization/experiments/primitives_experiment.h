#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::quantization_plugin
{

// quantization.primitives: how long products that only add or only shift take on this machine
// beside the multiplications that they replace (ShiftAddViT), and how exact they are.
class PrimitivesExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::quantization_plugin
