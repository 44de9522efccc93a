#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::attention_plugin
{

// attention.capture: where every head of a language model looks in a text, and which tokens are
// attention sinks.
class CaptureExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
    std::string insteadFor(const std::map<std::string, std::string>& given) const override;
    Result<std::unique_ptr<LiveSession>> open(const Params& params) const override;
};

} // namespace vitrine::attention_plugin
