#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/layer_sums.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// AdaRound (Nagel et al. 2020) as Trio-ViT's released code runs it (section 2): whether each weight
// goes to the code below or above is learned, so that the layer's outputs change least.
struct AdaRoundSettings {
    int iterations = 20'000;
    double rate = 1e-3;                  // of Adam
    double regulariser = 0.5;            // weight of sum 1 - |2 h - 1|^beta
    double firstBeta = 20, lastBeta = 2; // beta falls from one to the other after the warm-up
    double warmUp = 0.2;                 // share of the iterations without regulariser
};

// With so many steps: weights may move as far in all, by longer steps [ours].
AdaRoundSettings adaRoundIn(int iterations);

struct RoundedWeights {
    std::vector<std::int32_t> codes; // [outputs, inputs]
    Matrix decoded;
    double nearestError = 0, error = 0; // mean |W x - y|^2 of rounding to nearest, and of this
};

// Weights [outputs, inputs], a grid for each output. `samples` are inputs as the quantized network
// has them and outputs of the float network (asymmetric reconstruction). Unlike the released code's
// batches of 32, every step sees all samples: the same expected gradient without its noise. Where
// learning ends above the error of rounding to nearest, that is the answer. Progress every 50
// iterations; `cancelled` where it answers false. Input error for NaN or infinity.
Result<RoundedWeights> adaRound(const Matrix& weights, std::span<const CodeGrid> grids,
                                const LayerSums& samples, const AdaRoundSettings& settings = {},
                                const std::function<bool(double share)>& progress = {});

} // namespace vitrine::quant
