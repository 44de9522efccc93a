#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::attention_plugin
{

// model.forward: one pass of a language model over a text, or of a vision transformer over a
// picture; its logits, attention maps and hidden states as tensors.
class ForwardExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::attention_plugin
