#pragma once

#include "core/jobs/experiment/param_texts.h"
#include "core/quant/vision/vision_method.h"
#include "plugins/quantization/figures/coded_runs.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The ladder of a method: its steps put on one after the other, each rung a run of its own. Any
// thread.
namespace vitrine::quantization_plugin
{

// What the parameter `steps` says on each rung: "none", "affine", "affine,search" and so on up to
// "all". Steps that "all" leaves out are on no rung. A method without steps has no ladder: empty.
std::vector<std::string> ladderSteps(const quant::VisionMethod& method);

// Those steps, in their order.
std::vector<quant::VisionTrick> ladderTricks(const quant::VisionMethod& method);

// The rung on which a run stands; nothing: its method is not known here, has no ladder, or its
// steps are no rung of it.
std::optional<std::size_t> rungOf(const RunRecord& run);

// That rung in words: "no steps", "affine" (one step), "up to migration", "all"; empty: none.
std::string rungName(const RunRecord& run);

// Whether two runs differ in nothing but the rung and the bits of activations: accuracies over
// their rungs make a ladder.
bool areOfOneLadder(const RunRecord& a, const RunRecord& b);

// Parameters of the runs that the ladder of `run` lacks, at its widths, among `runs`: texts, as a
// form holds them. Empty: there is no ladder or nothing is missing.
std::vector<std::map<std::string, std::string>> missingRungs(const RunRecord& run,
                                                             const Runs& runs);

} // namespace vitrine::quantization_plugin
