#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

// Stored runs of quantization.planes. Any thread.
namespace vitrine::quantization_plugin
{

bool isPlanesRun(const RunRecord& run);
std::string planesName(const RunRecord& run); // "#3 2 planes"

// Those of runs that lack what a figure draws left out of it:
//   "planes-perplexity"  perplexity over bits per weight, a point for each run; dashed: original
//   "planes-next"        probabilities of the next tokens behind the prompt, by the original and by
//                        the selected run
std::vector<figure::Figure> planesFigures(const Runs& runs, const State& state = {});

} // namespace vitrine::quantization_plugin
