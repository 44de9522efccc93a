#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <vector>

namespace vitrine::quantization_plugin
{

// Figures of runs of quantization.llm, those that lack what a figure draws left out of it:
//   "perplexity"    perplexity over bits per weight, with intervals and the original's
//   "kl-windows"    divergence from the original on each window of the text, a line for each run
//   "layer-errors"  output error of each linear layer, a line for each run
//   "bit-map"       bits of the selected run by block and projection
//   "energy"        energy of the linear layers for one token, by operation
//   "exponents"     how often which power of two is a term of a scale: the selected run, where it
//                   has terms, else the first that has
//   "rounds"        error of the weights after each alternating round, mean over the layers
// The selected layer is marked in "layer-errors" and "bit-map". Any thread.
std::vector<figure::Figure> figures(const Runs& runs, const State& state = {});

} // namespace vitrine::quantization_plugin
