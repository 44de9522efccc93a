#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"
#include "core/quant/vision/mixed_precision.h"

#include <string>
#include <vector>

// Mixed precision of `quantization.vision`: its parameters, and what a run says of the bits found.
namespace vitrine::quantization_plugin
{

// mixed, mixed_budget, mixed_generations.
std::vector<ParamSpec> mixedParams();
bool isMixed(const Params& params);
// Argument error where bits of each layer are asked for and the network is no ViT or DeiT.
Result<void> checkMixed(const Params& params, const quant::VisionMethod& method,
                        const model::Network& network);
quant::MixedSettings mixedSettings(const Params& params);

// What budget was asked and what was reached, how many candidates were judged, by what.
std::vector<std::string> mixedNotes(const quant::MixedBits& found, std::size_t pictures,
                                    const Params& params);
// Of each layer with weights: bits, sensitivity, parameters and what its weights lose at 4 and 8.
Table mixedBitsTable(const quant::MixedBits& found, const model::Network& network);
// Every choice that the search judged, in order.
Table mixedCandidatesTable(const quant::MixedBits& found);

} // namespace vitrine::quantization_plugin
