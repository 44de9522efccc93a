#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::accelerators_plugin
{

// accelerators.map: searches how to run a workload on a machine that is given; beside it what the
// default mapping costs.
class MapExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::accelerators_plugin
