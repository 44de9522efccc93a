#pragma once

#include "core/jobs/experiment/experiment.h"
#include "core/sim/cost/accelerator.h"

namespace vitrine::accelerators_plugin
{

// The accelerator that is chosen, the first of the list where none is yet.
const sim::Accelerator& chosenAccelerator(const Params& chosen);

// accelerator, workload and its word widths, tokens; then the accelerator's own parameters.
std::vector<ParamSpec> commonParams(const Params& chosen);
std::vector<ParamSpec> acceleratorParams(const sim::Accelerator& accelerator);

// A workload by name, a topology table (.csv) or a language model's checkpoint; files are added to
// the result's inputs.
Result<sim::Workload> openWorkload(const Params& params, RunResult& result);

// The accelerator's values among checked parameters.
sim::Settings settingsOf(const sim::Accelerator& accelerator, const Params& params);

} // namespace vitrine::accelerators_plugin
