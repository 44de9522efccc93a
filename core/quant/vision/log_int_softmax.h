#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <span>

namespace vitrine::quant
{

// Weights of attention are 2^-exponent, 0 .. 2^bits - 1, or 0.
inline constexpr std::int8_t kNoWeight = 16;

double weightOf(std::int8_t exponent);
// What the weights of a row add up to: 1 only by chance.
double sumOfWeights(std::span<const std::int8_t> exponents);
// The plain log2 quantizer: round(-log2(weight)), halves to the even neighbour; kNoWeight above
// 2^bits - 1.
std::int8_t exponentOf(double weight, int bits = 4);

// Log-Int-Softmax (FQ-ViT; P²-ViT, section 5): whole scores to exponents in whole numbers. With
// a = 0.35815147, b = 0.96963238 / a, c = 1 / a, scale S, n = 32:
//
//   b_i = floor(b / S), c_i = floor(c / S^2), l_i = floor(-0.6931 / S);
//   x = max(score - max, n l_i), q = floor(x / l_i), r = x - q l_i, e = (r (r + b_i) + c_i)
//   2^(n-q); t = round(sum e / e), halves to the even neighbour; exponent = the nearest of the
//   powers of two around t by the arithmetic mean, kNoWeight above 2^bits - 1.
//
// Differences of scores are at most 255, hence a table of 256 exponentials, all divided by the
// power of two that they have in common (it falls out of sum e / e): each is below 2^40, the sum of
// a row below 2^56.
//
// Where S is above 1/8 the formula is too coarse (l_i is far off; from S = 2 all e are 0):
// differences are then first shifted left, exactly, to a scale of at most 1/8. That is ours.
class LogIntSoftmax
{
public:
    static constexpr std::size_t kMostScores = 65536; // of a row
    static constexpr int kSteps = 32;                 // n

    // Argument error outside 2^-12 <= scale <= 2^3 (P²-ViT's are powers of two, FQ-ViT's any
    // number) and 1 <= bits <= 4, else the caller's mistake.
    static Result<void> check(double scale, int bits = 4);
    explicit LogIntSoftmax(double scale, int bits = 4);

    // One row, up to kMostScores; out may be the same memory.
    void row(std::span<const std::int8_t> scores, std::span<std::int8_t> exponents) const;
    // The same exponents in double precision by another way, with comparisons of products for the
    // quotient. Equal, not just near: see the source.
    void rowInDoubles(std::span<const double> scores, std::span<double> exponents) const;

    // e of the difference max - score, over 2^commonShift().
    const std::array<std::uint64_t, 256>& exponentials() const { return exponentials_; }
    int commonShift() const { return kSteps - lastStep_; }
    int bits() const { return bits_; }

private:
    double exponentialInDoubles(double difference) const;

    std::int64_t b_ = 0, c_ = 0, l_ = 0;
    int refinement_ = 0; // differences are shifted left by so much
    int lastStep_ = 0;   // q of the difference 255
    int bits_ = 4;
    std::array<std::uint64_t, 256> exponentials_{};
    std::array<double, 256> real_{}; // the same, computed in doubles
};

} // namespace vitrine::quant
