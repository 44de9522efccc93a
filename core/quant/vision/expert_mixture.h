#pragma once

#include "core/quant/vision/shift_linear.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

// ShiftAddViT's mixture of two experts for each token (You et al., NeurIPS 2023, section 4.3): 0
// multiplies, 1 shifts.
namespace vitrine::quant
{

struct ExpertMixture {
    Matrix weights;           // [outputs, inputs] of the expert that multiplies
    std::vector<double> bias; // its [outputs], or empty
    ShiftLinear shift;
    Matrix router;                         // [2, inputs]
    std::array<double, 2> routerBias = {}; // of the logits
};

Matrix routerLogits(const ExpertMixture& mixture, const Matrix& x); // tokens x 2
// The first of the largest: the multiplying expert where both are equal.
std::vector<std::uint8_t> chosenExperts(const Matrix& logits);
// A forced split: the `multShare` of the tokens (rounded) whose router prefers the multiplying
// expert most, in the order of tokens among equals, and the others.
std::vector<std::uint8_t> forcedExperts(const Matrix& logits, double multShare);

// The rows of `x` for one expert, in order, and back: each token reaches exactly one.
std::vector<Eigen::Index> rowsFor(std::span<const std::uint8_t> experts, std::uint8_t expert);
Matrix gatheredRows(const Matrix& x, std::span<const Eigen::Index> rows);
void scatterRows(const Matrix& part, std::span<const Eigen::Index> rows, Matrix& whole);

// Each token through its expert, with the gate 1 of the release. (There outputs are combined
// through a logarithm and an exponential, which overflows above 88; here they are put in their
// places.)
Matrix mixtureProduct(const ExpertMixture& mixture, const Matrix& x,
                      std::span<const std::uint8_t> experts);

// Squared coefficient of variation, unbiased variance / (mean^2 + 1e-10); for two values it is
// 2 (a - b)^2 / (a + b)^2. At least two values.
double squaredVariation(std::span<const double> values);

// The latency-aware balance of two experts: with alpha_i = latency_i / sum of both,
//   importance SCV(alpha_i sum_x p_i(x)), p the softmax of the clean logits;
//   load       SCV(alpha_i sum_x q_i(x)), q_i(x) = Phi((clean_i - noisy_other) / deviation), the
//              chance that the expert stays on top under noise.
struct Balance {
    double importance = 0, load = 0;
};
Balance balanceOf(const Matrix& clean, const Matrix& noisy, std::array<double, 2> latencies,
                  double deviation = 0.5);
// Shares of the tokens at which both take equally long: 6 to 4 gives 0.4 and 0.6.
std::array<double, 2> idealSplit(std::array<double, 2> latencies);

// Time for so many tokens on each, with a latency of one token: one after the other, or beside each
// other ("modularised").
struct MixtureTime {
    double inTurn = 0, beside = 0;
};
MixtureTime mixtureTime(std::array<std::int64_t, 2> tokens, std::array<double, 2> latencies);

} // namespace vitrine::quant
