#pragma once

#include "core/jobs/experiment/experiment.h"

namespace vitrine::accelerators_plugin
{

// accelerators.simulate: one workload on one accelerator: cycles, traffic, energy, schedule, and
// the claims of its paper beside our figures.
class SimulateExperiment : public Experiment
{
public:
    ExperimentInfo info() const override;
    std::vector<ParamSpec> params(const Params& chosen) const override;
    Result<RunResult> run(const Params& params, Progress& progress) const override;
};

} // namespace vitrine::accelerators_plugin
