#pragma once

#include "core/quant/vision/ivit_exponential.h"

#include <span>

namespace vitrine::quant
{

// I-ViT's softmax in whole numbers: weight = floor(e floor((2^31 - 1) / sum e) / 2^24), in units of
// 2^-7. e has n = 15 steps. The nearer the sum comes to 2^31, the fewer digits its reciprocal has:
// with a scale of 2^-12 a lone score gets 120 of 127.
class Shiftmax
{
public:
    // scale: 2^-12 .. 2^3, of the scores.
    explicit Shiftmax(double scale) : exponential_(scale, 15) {}

    // weights: 0 .. 127. Whether the sum stayed below 2^31: where not, it is taken for 2^31 - 1 as
    // in the released code, and the weights come out too large. It stays below for any row of less
    // than 2^16 S scores, 4096 with a scale S of 2^-4.
    bool row(std::span<const std::int8_t> scores, std::span<std::int8_t> weights) const;

private:
    IvitExponential exponential_;
};

} // namespace vitrine::quant
