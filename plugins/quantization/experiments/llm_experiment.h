#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::quantization_plugin
{

// quantization.llm: a language model's linear layers quantized, and the result beside the original
// on the same text: perplexity with interval, divergence, errors layer by layer, size, speed,
// energy.
class LlmExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::quantization_plugin
