#pragma once

#include "core/quant/vision/weight_scale.h"

#include <optional>
#include <span>
#include <vector>

// P²-ViT's smoothing (section III-C) of a linear layer behind a LayerNorm: channel j of the input
// is divided by s_j = 2^e_j and column j of the weights multiplied by it. Both are exact, so the
// layer computes the same as before.
namespace vitrine::quant
{

// Largest magnitudes of each channel, over rows [rows, channels] that are seen one after the other:
// `maxima` starts with 0's.
void raiseMaxima(std::span<const float> rows, std::span<double> maxima);
void raiseMaxima(std::span<const double> rows, std::span<double> maxima);
// Of each column of weights [outputs, inputs].
std::vector<double> columnMaxima(const Matrix& weights);

// e_j of max|X_j|^alpha / max|W_:,j|^(1 - alpha), nearest by the arithmetic midpoint. A channel
// that is always 0 on either side is left as it is.
std::vector<int> smoothingExponents(std::span<const double> inputMaxima,
                                    std::span<const double> weightMaxima, double alpha);

// Multiplies the columns and returns 2^-e_j, what the inputs are multiplied by.
std::vector<double> smoothColumns(Matrix& weights, std::span<const int> exponents);

// Values of the released code [R]: qkv 0.35, fc1 0.5; DeiT-Tiny is not smoothed. The pool to
// search.
inline constexpr double kSmoothingAlphas[] = {0.35, 0.4, 0.5, 0.55};

// What a layer loses when its smoothed inputs have one adaptive scale of `inputBits` and its
// smoothed weights are quantised as the settings say: mean squared, over `rows` [rows, inputs], a
// sample of its inputs as they are before smoothing.
double smoothedLoss(const Matrix& rows, const Matrix& weights, std::span<const int> exponents,
                    const WeightScaleSettings& settings, int inputBits = 8);

// The pool's alpha that loses least, none (no smoothing) included and first among equals. Asked
// once for weights of 8 bits and once for 4.
struct SmoothingChoice {
    std::optional<double> alpha;
    std::vector<int> exponents; // all 0 without an alpha
    std::vector<double> losses; // of none, then of each alpha of the pool
};
SmoothingChoice chooseSmoothing(const Matrix& rows, const Matrix& weights,
                                const WeightScaleSettings& settings,
                                std::span<const double> pool = kSmoothingAlphas);

} // namespace vitrine::quant
