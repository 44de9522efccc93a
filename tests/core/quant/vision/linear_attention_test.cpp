#include "core/quant/vision/linear_attention.h"

#include "core/base/random.h"
#include "core/tensor/kernels/linear_attention.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

// Three tokens of two channels, worked by hand.
constexpr HeadSize kThreeTokens{3, 2};
const std::vector<double> kQ{1, 2, 0, 3, 0, 0}, kK{1, 0, 2, 1, 0, 4}, kV{1, -1, 2, 0, 3, 5};

TEST(LinearAttention, WorkedExample)
{
    const auto head = linearAttention(kThreeTokens, kQ, kK, kV, 0);

    EXPECT_EQ(head.keySums, (std::vector<double>{3, 5}));
    EXPECT_EQ(head.context, (std::vector<double>{5, -1, 14, 20}));
    EXPECT_EQ(head.divisors, (std::vector<double>{13, 15, 0}));
    EXPECT_EQ(head.dividends, (std::vector<double>{33, 39, 42, 60, 0, 0}));
    EXPECT_NEAR(head.outputs[0], 2.53846, 5e-6);
    EXPECT_EQ(head.outputs[1], 3);
    EXPECT_EQ(head.outputs[2], 2.8);
    EXPECT_EQ(head.outputs[3], 4);
}

TEST(LinearAttention, WorkedExampleWithLogarithms)
{
    for (const Log2Rule rule : {Log2Rule::geometric, Log2Rule::arithmetic}) {
        const auto head = linearAttention(kThreeTokens, kQ, kK, kV, 0, rule);

        EXPECT_EQ(log2Divisor(13.0, rule), 4);
        EXPECT_EQ(head.outputs, (std::vector<double>{2.0625, 2.4375, 2.625, 3.75, 0, 0}));
    }
}

// Invariant 7: neither 0 / 0 nor a logarithm of 0.
TEST(LinearAttention, AQueryOfZerosGivesZeros)
{
    for (const double epsilon : {0.0, 1e-15, 1e-5})
        for (const std::optional<Log2Rule> rule :
             {std::optional<Log2Rule>(), std::optional(Log2Rule::geometric)})
            for (const double x :
                 linearAttention(kThreeTokens, std::vector<double>{0, 0, -1, -2, 0, 0}, kK, kV,
                                 epsilon, rule)
                     .outputs)
                EXPECT_EQ(x, 0);
}

std::vector<double> normalNumbers(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<double> values(count);
    for (double& x : values)
        x = static_cast<double>(static_cast<float>(random.normal()));
    return values;
}

// A logarithm scales the whole row of a token.
TEST(LinearAttention, LogarithmsKeepDirections)
{
    constexpr HeadSize kSize{20, 8};
    const auto q = normalNumbers(160, 1), k = normalNumbers(160, 2), v = normalNumbers(160, 3);
    const auto exact = linearAttention(kSize, q, k, v, 0);
    const auto powers = linearAttention(kSize, q, k, v, 0, Log2Rule::geometric);

    for (std::size_t token = 0; token < 20; ++token) {
        const double ratio = powers.outputs[token * 8] / exact.outputs[token * 8];
        EXPECT_GE(ratio, std::sqrt(0.5) - 1e-12);
        EXPECT_LE(ratio, std::sqrt(2) + 1e-12);
        for (std::size_t j = token * 8; j < token * 8 + 8; ++j)
            EXPECT_NEAR(powers.outputs[j], ratio * exact.outputs[j], 1e-12);
    }
}

// Invariant 9: what the float network computes.
TEST(LinearAttention, IsThatOfTheNetwork)
{
    constexpr std::size_t kTokens = 49, kDim = 16;
    const auto q = normalNumbers(kTokens * kDim, 4), k = normalNumbers(kTokens * kDim, 5),
               v = normalNumbers(kTokens * kDim, 6);
    const std::vector<float> qs(q.begin(), q.end()), ks(k.begin(), k.end()), vs(v.begin(), v.end());
    std::vector<float> context(kDim * kDim), dividends(kTokens * kDim);
    kernels::reluContext(ks.data(), vs.data(), kTokens, kDim, kDim, context.data());
    kernels::reluLookup(qs.data(), kTokens, kDim, kDim, context.data(), kDim, dividends.data(),
                        kDim);

    const auto head = linearAttention({kTokens, kDim}, q, k, v, 1e-15);

    for (std::size_t i = 0; i < context.size(); ++i)
        ASSERT_NEAR(head.context[i], context[i], 1e-4);
    for (std::size_t i = 0; i < dividends.size(); ++i)
        ASSERT_NEAR(head.dividends[i], dividends[i], 1e-3);
    // Each output is a mean of v, with weights q . k.
    for (std::size_t token = 0; token < kTokens; ++token)
        for (std::size_t j = 0; j < kDim; ++j) {
            double sum = 0, weights = 0;
            for (std::size_t other = 0; other < kTokens; ++other) {
                double weight = 0;
                for (std::size_t i = 0; i < kDim; ++i)
                    weight +=
                        std::max(q[token * kDim + i], 0.0) * std::max(k[other * kDim + i], 0.0);
                sum += weight * v[other * kDim + j];
                weights += weight;
            }
            ASSERT_NEAR(head.outputs[token * kDim + j], sum / weights, 1e-12);
        }
}

} // namespace
} // namespace vitrine::quant
