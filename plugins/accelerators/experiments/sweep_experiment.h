#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::accelerators_plugin
{

// accelerators.sweep: a grid of design points, with the front of latency against energy.
class SweepExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::accelerators_plugin
