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

// A workload by name, a topology table (.csv) or a checkpoint of a language model or a vision
// transformer; files are added to the result's inputs, what was assumed to its notes.
Result<sim::Workload> openWorkload(const Params& params, RunResult& result);

// Argument error where the workload has widths of weights beside the machine's own weight_bits.
Result<void> checkOneWidth(const Params& params);

// Into the notes: what the machine leaves out of the workload.
Result<void> noteLeftOut(const sim::Workload& workload, const sim::Accelerator& accelerator,
                         const Params& params, RunResult& result);

// The accelerator's values among checked parameters.
sim::Settings settingsOf(const sim::Accelerator& accelerator, const Params& params);

} // namespace vitrine::accelerators_plugin
