#pragma once

#include "core/quant/vision/integer_layer_norm.h"

namespace vitrine::quant
{

// The square root of I-ViT's LayerNorm: k <- floor((k + floor(v / k)) / 2) from k = 2^16. The
// published 10 rounds are too few for small sums: v = 10000 gives 108, v = 2 gives 64.
struct IvitRoot {
    std::int64_t root = 0;
    bool converged = false; // floor(sqrt(v)), or one more: rounds alternate where v = n^2 - 1
};
inline constexpr int kIvitRootRounds = 10;
IvitRoot ivitRoot(std::int64_t v, int rounds = kIvitRootRounds); // 0 <= v < 2^44

// I-ViT's LayerNorm (Li and Gu 2023) from codes to codes in whole numbers, an alternative to
// IntegerLayerNorm: with the nearest whole mean, k the root of the sum of squares,
//
//   y = floor((x' - mean) floor((2^31 - 1) / k) / 2) stands for (x' - mean) / deviation, in units
//   of sqrt(C) / 2^30,
//
// then weight and bias with factors of 16 bits onto the output's grid, halves up. A row whose codes
// are all at the mean gives the bias. Halves of the mean go up (even in the released code).
class IvitLayerNorm
{
public:
    // As IntegerLayerNorm; check(): its, of weights times sqrt(C). rounds: 1 .. 64.
    IvitLayerNorm(const CodeGrid& input, const CodeGrid& output, std::span<const float> weight,
                  std::span<const float> bias, int rounds = kIvitRootRounds);
    static Result<void> check(const CodeGrid& input, const CodeGrid& output,
                              std::span<const float> weight, std::span<const float> bias);

    // Whether the root of this row converged. Where it did not, the codes are too small.
    bool row(std::span<const std::int8_t> codes, std::span<std::int8_t> out) const;

private:
    IntegerLayerNorm prepared_; // for its tables
    int rounds_;
};

} // namespace vitrine::quant
