#pragma once

#include <span>

namespace vitrine::quant
{

// The "integer" LayerNorm of P²-ViT's and FQ-ViT's released code, in its floats, to reproduce their
// numbers; IntegerLayerNorm is the one that runs.

// |A| as multiplier * 2^-shift of 8 bits: N = clamp(7 - floor(log2 |A|), 0, 31),
// M = clamp(floor(|A| 2^N), 0, 255). From 256 up M stays 255: what is above is lost. A > 0.
struct ReleasedMultiplier {
    int multiplier = 0;
    int shift = 0;
    bool operator==(const ReleasedMultiplier&) const = default;
};
ReleasedMultiplier releasedMultiplier(float magnitude);

// One value per channel. Scales of the input: the smallest times powers of two.
struct ReleasedLayerNorm {
    std::span<const float> inputScales, weight, bias;
    float outputScale = 1;

    // row: values of the input, not codes; out: values on the output's grid, not clamped to any
    // number of bits. A row of equal codes gives NaN, as there.
    void row(std::span<const float> row, std::span<float> out) const;
};

} // namespace vitrine::quant
