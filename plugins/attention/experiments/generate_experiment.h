#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::attention_plugin
{

// model.generate: a language model continues a text, greedily or by sampling.
class GenerateExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::attention_plugin
