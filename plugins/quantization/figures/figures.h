#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <vector>

namespace vitrine::quantization_plugin
{

// Figures of runs of quantization.llm, those that lack what a figure draws left out of it:
//   "perplexity"    perplexity over bits per weight, with intervals and the original's
//   "layer-errors"  output error of each linear layer, a line for each run
//   "bit-map"       bits of the first run by block and projection
//   "rounds"        error of the weights after each alternating round, mean over the layers
//   "exponents"     how often which power of two is a term of a scale, first run
//   "energy"        energy of the linear layers for one token, by operation
// `places`: the colours that the runs have. Any thread.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const figure::RunPlaces& places = {});

} // namespace vitrine::quantization_plugin
