#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::attention_plugin
{

// attention.import: maps, or queries and keys, that another program captured, looked at like a
// capture of our own.
class ImportExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::attention_plugin
