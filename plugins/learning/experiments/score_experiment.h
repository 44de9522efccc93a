#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::learning_plugin
{

// learning.score: the figures of a language model's card, by Vitrine's own forward pass: perplexity
// on held-out text beside a 5-gram, first-token sinks at several lengths, sinks at a second
// document's beginning.
class ScoreExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::learning_plugin
