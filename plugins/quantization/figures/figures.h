#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/experiments/probe.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <memory>
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
//   "kl-tokens"     divergence at each token of the probe text, bars for each run
//   "sinks"         attention on the first token and on other sinks, by layer, before and after
//   "sink-heads"    attention on the first token of each head, after over before
// and of the selected run, from what it keeps of the probe text:
//   "attention-original", "attention-quantized", "attention-change"   maps of one layer
//   "weights", "residual"       a piece of the selected layer, before and after
//   "look-up-table", "product"  eight inputs of that layer: sums, and what is added up of them
// The selected layer is marked in "layer-errors" and "bit-map". Any thread.
std::vector<figure::Figure> figures(const Runs& runs, const State& state = {});

// The same with the selected run's probe, for who draws often; nullptr: it keeps none.
std::vector<figure::Figure> figures(const Runs& runs, const State& state,
                                    const std::shared_ptr<const Probe>& probe);
std::shared_ptr<const Probe> probeOf(const RunRecord& run); // nullptr: none, or it is damaged

} // namespace vitrine::quantization_plugin
