#include "core/quant/vision/log_int_softmax.h"

#include "core/base/random.h"
#include "core/tensor/safetensors.h"
#include "tests/support/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::int8_t> exponentsOf(const LogIntSoftmax& softmax,
                                     const std::vector<std::int8_t>& scores)
{
    std::vector<std::int8_t> exponents(scores.size());
    softmax.row(scores, exponents);
    return exponents;
}

std::vector<double> exponentsInDoubles(const LogIntSoftmax& softmax,
                                       const std::vector<std::int8_t>& scores)
{
    std::vector<double> exponents(scores.size());
    softmax.rowInDoubles(std::vector<double>(scores.begin(), scores.end()), exponents);
    return exponents;
}

TEST(LogIntSoftmax, WorkedExamples)
{
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-4), {40, 24, 0, -16}), ElementsAre(1, 2, 4, 5));
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-3), {20, 20, 12, -30}), ElementsAre(1, 1, 3, 10));
}

TEST(LogIntSoftmax, ExponentialsOfTheWorkedExample)
{
    const LogIntSoftmax softmax(0x1p-4);
    const auto e = [&](std::size_t difference) {
        return softmax.exponentials()[difference] << softmax.commonShift();
    };
    EXPECT_EQ(e(0), 3066606649344u);
    EXPECT_EQ(e(16), 1198295875584u);
    EXPECT_EQ(e(40), 299573968896u);
    EXPECT_EQ(e(56), 116500987904u);
}

TEST(LogIntSoftmax, WhatIsTooSmallForItsBitsHasNoWeight)
{
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-3), {127, 127 - 90, -128}),
                ElementsAre(0, 15, kNoWeight));
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-3, 3), {20, 20, 12, -30}),
                ElementsAre(1, 1, 3, kNoWeight));
}

TEST(LogIntSoftmax, EqualScoresShareEqually)
{
    for (int exponent = 0; exponent <= 15; ++exponent) {
        const std::vector<std::int8_t> scores(std::size_t{1} << exponent, -5);
        EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-6), scores), Each(exponent));
    }
    const std::vector<std::int8_t> most(LogIntSoftmax::kMostScores, 127);
    EXPECT_THAT(exponentsOf(LogIntSoftmax(8), most), Each(kNoWeight));
    // From 1.5 * 2^L up the next power of two.
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-6), std::vector<std::int8_t>(47)), Each(5));
    EXPECT_THAT(exponentsOf(LogIntSoftmax(0x1p-6), std::vector<std::int8_t>(48)), Each(6));
}

TEST(LogIntSoftmax, DoublesGiveTheSameAsWholeNumbers)
{
    Random random(1);
    for (int log2Scale = -12; log2Scale <= 3; ++log2Scale) {
        for (const int bits : {4, 3}) {
            const LogIntSoftmax softmax(std::ldexp(1, log2Scale), bits);
            for (int i = 0; i < 200; ++i) {
                std::vector<std::int8_t> scores(1 + random.below(i < 198 ? 300 : 20000));
                const double spread = std::exp2(9 * random.uniform() - 2);
                for (std::int8_t& score : scores)
                    score = static_cast<std::int8_t>(
                        std::clamp(std::floor(spread * random.normal()), -128.0, 127.0));
                const auto whole = exponentsOf(softmax, scores);
                ASSERT_EQ(std::vector<double>(whole.begin(), whole.end()),
                          exponentsInDoubles(softmax, scores))
                    << "2^" << log2Scale << ", " << scores.size() << " scores";
            }
        }
    }
}

TEST(LogIntSoftmax, DoublesGiveTheSameForTheLongestRows)
{
    Random random(2);
    for (const double scale : {0x1p-12, 0x1p-4, 0x1p-3, 8.0}) {
        std::vector<std::int8_t> scores(LogIntSoftmax::kMostScores);
        for (std::int8_t& score : scores)
            score = static_cast<std::int8_t>(random.below(3) ? 127 : random.below(256));
        const auto whole = exponentsOf(LogIntSoftmax(scale), scores);
        EXPECT_EQ(std::vector<double>(whole.begin(), whole.end()),
                  exponentsInDoubles(LogIntSoftmax(scale), scores));
    }
}

// Quotients half-way between whole numbers: one score of e = 1 beside others.
TEST(LogIntSoftmax, HalvesGoToTheEvenNeighbour)
{
    // S = 2^-4: a difference of 12 is one step, e halves. 1 + 2 * 1/2 + ... of e:
    // two of e and one of e/2: sum / e = 2.5 -> 2 -> exponent 1; sum / (e/2) = 5 -> 2.
    const LogIntSoftmax softmax(0x1p-4);
    EXPECT_THAT(exponentsOf(softmax, {12, 12, 0}), ElementsAre(1, 1, 2));
    EXPECT_THAT(exponentsInDoubles(softmax, {12, 12, 0}), ElementsAre(1, 1, 2));
    // 1.5 -> 2 -> 1; 3 -> 2.
    EXPECT_THAT(exponentsOf(softmax, {12, 0}), ElementsAre(1, 2));
    EXPECT_THAT(exponentsInDoubles(softmax, {12, 0}), ElementsAre(1, 2));
}

// Weights are powers of two and l_i is off by up to 8 %: far from exact, but never far off. Only
// weights that matter are compared.
TEST(LogIntSoftmax, IsNearTheExactSoftmaxAtEveryScale)
{
    Random random(3);
    for (int log2Scale = -12; log2Scale <= 3; ++log2Scale) {
        const double scale = std::ldexp(1, log2Scale);
        for (int i = 0; i < 50; ++i) {
            std::vector<std::int8_t> scores(50);
            for (std::int8_t& score : scores)
                score = static_cast<std::int8_t>(
                    std::clamp(random.normal() * 2 / scale, -128.0, 127.0));
            double sum = 0;
            for (const std::int8_t score : scores)
                sum += std::exp(score * scale);
            const auto exponents = exponentsOf(LogIntSoftmax(scale), scores);
            for (std::size_t j = 0; j < scores.size(); ++j) {
                const double exact = -std::log2(std::exp(scores[j] * scale) / sum);
                if (exact < 8) {
                    ASSERT_NEAR(exponents[j], exact, 1.5) << "2^" << log2Scale;
                }
            }
            ASSERT_GT(sumOfWeights(exponents), 0.5);
            ASSERT_LT(sumOfWeights(exponents), 1.5);
        }
    }
}

TEST(LogIntSoftmax, RefusesScalesAndBitsBeyondItsWholeNumbers)
{
    EXPECT_TRUE(LogIntSoftmax::check(0x1p-12));
    EXPECT_THAT(LogIntSoftmax::check(0x1p-13).error().message, HasSubstr("2^-12 to 2^3"));
    EXPECT_THAT(LogIntSoftmax::check(NAN).error().message, HasSubstr("nan"));
    EXPECT_THAT(LogIntSoftmax::check(1, 5).error().message, HasSubstr("not 5"));
}

TEST(LogIntSoftmax, SumsOfWeights)
{
    EXPECT_EQ(sumOfWeights(std::vector<std::int8_t>{1, 2, 4, 5}), 0.84375);
    EXPECT_EQ(sumOfWeights(std::vector<std::int8_t>{0, kNoWeight, 15}), 1 + 0x1p-15);
}

TEST(Log2Quantizer, TakesTheNearestExponent)
{
    EXPECT_EQ(exponentOf(1), 0);
    EXPECT_EQ(exponentOf(0.71), 0);
    EXPECT_EQ(exponentOf(0.70), 1);
    EXPECT_EQ(exponentOf(0x1p-15), 15);
    EXPECT_EQ(exponentOf(0x1p-16), kNoWeight);
    EXPECT_EQ(exponentOf(0x1p-8, 3), kNoWeight);
    EXPECT_EQ(exponentOf(0), kNoWeight);
}

std::optional<Safetensors> goldenSoftmax()
{
    const auto path = tests::goldenData("methods/p2vit/p2vit_d24_t17.safetensors");
    if (!path)
        return std::nullopt;
    auto file = Safetensors::open(*path);
    return file ? std::optional(*std::move(file)) : std::nullopt;
}

std::vector<float> goldenValues(const Safetensors& file, const std::string& name)
{
    return toFloat(*file.tensor(name));
}

constexpr std::size_t kTokens = 17;

// The released code computes in single precision: exponentials (10 to 12 bits before the zeros) are
// exact there where the scale is a power of two (else its scores are not quite whole numbers);
// their sums and quotients are not, which none of these rows shows.
TEST(LogIntSoftmax, ReproducesTheReleasedCode)
{
    const auto file = goldenSoftmax();
    if (!file)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN has P²-ViT's golden data";
    for (const std::string scale : {"0.0625", "0.03125", "0.037"}) {
        for (const int bits : {4, 3}) {
            SCOPED_TRACE(scale + ", " + std::to_string(bits) + " bits");
            const auto in = goldenValues(*file, "lis.s" + scale + ".in");
            const auto e = goldenValues(*file, "lis.s" + scale + ".exp_int");
            const auto out =
                goldenValues(*file, "lis.uint" + std::to_string(bits) + ".s" + scale + ".out");
            const LogIntSoftmax softmax(std::stod(scale), bits);
            for (std::size_t first = 0; first < in.size(); first += kTokens) {
                std::vector<std::int8_t> scores;
                for (std::size_t i = first; i < first + kTokens; ++i)
                    scores.push_back(
                        static_cast<std::int8_t>(std::lround(in[i] / std::stod(scale))));
                const auto exponents = exponentsOf(softmax, scores);
                const int largest = std::ranges::max(scores);
                for (std::size_t i = 0; i < kTokens; ++i) {
                    const auto difference = static_cast<std::size_t>(largest - scores[i]);
                    const double ours =
                        std::ldexp(softmax.exponentials()[difference], softmax.commonShift());
                    ASSERT_NEAR(e[first + i] / ours, 1, scale == "0.037" ? 1e-6 : 0);
                    ASSERT_EQ(weightOf(exponents[i]), out[first + i]);
                }
            }
        }
    }
}

TEST(Log2Quantizer, ReproducesTheReleasedCode)
{
    const auto file = goldenSoftmax();
    if (!file)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN has P²-ViT's golden data";
    const auto in = goldenValues(*file, "log2.in"), out = goldenValues(*file, "log2.out");
    ASSERT_FALSE(in.empty());
    for (std::size_t i = 0; i < in.size(); ++i)
        ASSERT_EQ(weightOf(exponentOf(in[i])), out[i]) << in[i];
}

} // namespace
} // namespace vitrine::quant
