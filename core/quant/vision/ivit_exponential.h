#pragma once

#include <cstdint>

namespace vitrine::quant
{

// I-ViT's exponential by shifts (Li and Gu 2023, section 3): of whole x <= 0 that stands for x S,
//
//   p = x + floor(x / 2) - floor(x / 16) (about x log2 e), k = floor(-1 / S), p = max(p, n k),
//   q = floor(p / k), r = p - q k, exp(x S) ~ floor((r / 2 - k) 2^(n - q)) in units of 1 / (-k
//   2^n).
//
// Where S is above 1/8, k is far off (from S = 1 it is always -1): x is then first shifted left,
// exactly, to a scale of at most 1/8. That is ours.
class IvitExponential
{
public:
    // scale: 2^-12 .. 2^4. steps: n, up to 24. Results are then below 2^37.
    IvitExponential(double scale, int steps);

    std::int64_t of(std::int64_t x) const; // -2^32 < x <= 0

private:
    std::int64_t k_ = -1;
    int steps_ = 0;
    int refinement_ = 0;
};

} // namespace vitrine::quant
