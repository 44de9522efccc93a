#include "core/quant/binary_coding.h"

#include "core/base/random.h"
#include "core/tensor/tensor_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace vitrine::quant
{
namespace
{

std::vector<double> normalWeights(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<double> weights(count);
    for (double& weight : weights)
        weight = 0.1 * random.normal();
    return weights;
}

std::span<const float> scalesOf(const BinaryFit& fit, int bits)
{
    return {fit.scales.data(), static_cast<std::size_t>(bits)};
}

double squaredError(std::span<const double> weights, const BinaryLevels& levels)
{
    double error = 0;
    for (const double weight : weights) {
        const double off = weight - static_cast<double>(levels.nearest(weight).value);
        error += off * off;
    }
    return error;
}

double errorOf(std::span<const double> weights, const BinaryFitSettings& how)
{
    return squaredError(weights, BinaryLevels(scalesOf(fitBinaryCodes(weights, how), how.bits)));
}

double energy(std::span<const double> weights)
{
    return std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
}

TEST(BinaryCoding, FirstGreedyScaleIsTheMeanMagnitudeAndZeroIsPositive)
{
    const std::vector<double> weights = {0.0, 2.0, -1.0, -1.0}; // left: -1, 1, 0, 0
    const auto scales = greedyScales(weights, 2);
    EXPECT_EQ(scales[0], 1.0);
    EXPECT_EQ(scales[1], 0.5);
    EXPECT_EQ(BinaryLevels(std::vector<float>{1.0f}).nearest(0.0).code, 1);
}

// The released code's loop, written out.
std::vector<double> slowGreedyScales(std::vector<double> rest, int bits)
{
    std::vector<double> scales;
    for (int b = 0; b < bits; ++b) {
        double scale = 0;
        for (const double r : rest)
            scale += std::abs(r) / static_cast<double>(rest.size());
        for (double& r : rest)
            r -= r >= 0 ? scale : -scale;
        scales.push_back(scale);
    }
    return scales;
}

TEST(BinaryCoding, GreedyScalesAreThoseOfTheLoopOverAllWeights)
{
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        auto weights = normalWeights(1 + seed, seed);
        weights.front() *= 30; // an outlier: later scales may be larger
        const auto scales = greedyScales(weights, kMostCodes);
        const auto slow = slowGreedyScales(weights, kMostCodes);
        for (std::size_t b = 0; b < slow.size(); ++b)
            EXPECT_NEAR(scales[b], slow[b], 1e-12) << seed;
    }
}

TEST(BinaryCoding, NearestLevelIsThatOfAllSearched)
{
    Random random(3);
    for (int i = 0; i < 500; ++i) {
        std::vector<float> scales(1 + random.below(kMostCodes));
        for (float& scale : scales)
            scale = static_cast<float>(random.uniform());
        if (i % 7 == 0)
            scales.back() = scales.front(); // levels that coincide
        const BinaryLevels levels{scales};
        ASSERT_EQ(levels.all().size(), std::size_t{1} << scales.size());
        const double weight = 3 * random.normal();
        double least = INFINITY;
        for (const auto& level : levels.all())
            least = std::min(least, std::abs(weight - static_cast<double>(level.value)));
        EXPECT_EQ(std::abs(weight - static_cast<double>(levels.nearest(weight).value)), least);
    }
}

TEST(BinaryCoding, LevelsAreSumsOfTheirCodesScales)
{
    const BinaryLevels levels{std::vector<float>{4.0f, 2.0f, 1.0f}};
    for (std::size_t i = 0; i < 8; ++i) {
        EXPECT_EQ(levels.all()[i].value, -7.0f + 2.0f * static_cast<float>(i));
        const unsigned code = levels.all()[i].code; // bit 0 is the plane of 4
        EXPECT_EQ((code & 1) * 4 + (code >> 1 & 1) * 2 + (code >> 2 & 1), i);
    }
    EXPECT_EQ(levels.nearest(2.0).value, 3.0f) << "of two that are equally near the upper one";
    EXPECT_EQ(levels.nearest(std::nextafter(2.0, 0.0)).value, 1.0f);
}

TEST(BinaryCoding, NoRoundIsWorseThanTheOneBefore)
{
    for (const int bits : {1, 2, 3, 4})
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            const auto weights = normalWeights(64, seed);
            const auto fit =
                fitBinaryCodes(weights, {.bits = bits, .rounding = ScaleRounding::none});
            ASSERT_EQ(fit.roundErrors.size(), 16u);
            for (std::size_t r = 1; r < fit.roundErrors.size(); ++r)
                ASSERT_LE(fit.roundErrors[r], fit.roundErrors[r - 1] + 1e-9) << seed;
            // What is returned is what was counted (single precision scales).
            EXPECT_NEAR(squaredError(weights, BinaryLevels(scalesOf(fit, bits))),
                        fit.roundErrors.back(), 1e-6);
        }
}

TEST(BinaryCoding, RoundsThatRoundScalesKeepTheBest)
{
    int grew = 0;
    for (const int terms : {1, 2, 3})
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            const auto weights = normalWeights(64, seed);
            const BinaryFitSettings how{.rounding = ScaleRounding::powers, .terms = terms};
            const auto fit = fitBinaryCodes(weights, how);
            const auto& errors = fit.roundErrors;
            for (std::size_t r = 2; r < errors.size(); ++r)
                grew += errors[r] > errors[r - 1] + 1e-12;
            EXPECT_LE(squaredError(weights, BinaryLevels(scalesOf(fit, 3))),
                      *std::min_element(errors.begin() + 1, errors.end()) + 1e-9);
        }
    EXPECT_GT(grew, 0) << "else nothing had to be kept";
}

TEST(BinaryCoding, OneBitMoreIsNeverWorse)
{
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto weights = normalWeights(48, seed);
        double before = energy(weights);
        for (const int bits : {1, 2, 3, 4}) {
            const double error = errorOf(weights, {.bits = bits, .rounding = ScaleRounding::none});
            ASSERT_LE(error, before + 1e-9) << seed << ", " << bits << " bits";
            before = error;
        }
    }
}

// Weights that are sums of codes come back. Greedy starts of three planes end in another valley
// now and then; drawn starts find the right one.
TEST(BinaryCoding, WhatWasMadeOfCodesIsFoundAgain)
{
    const auto found = [](int bits, int restarts) {
        Random random(5);
        int count = 0;
        for (int i = 0; i < 300; ++i) {
            std::vector<float> scales;
            for (int b = 0; b < bits; ++b)
                scales.push_back(static_cast<float>(0.1 + random.uniform()));
            const BinaryLevels levels{scales};
            std::vector<double> weights(64);
            for (double& weight : weights)
                weight = static_cast<double>(levels.all()[random.below(levels.all().size())].value);
            count += errorOf(weights, {.bits = bits,
                                       .rounds = 50,
                                       .rounding = ScaleRounding::none,
                                       .restarts = restarts}) < 1e-9 * energy(weights);
        }
        return count;
    };
    EXPECT_EQ(found(1, 0), 300);
    EXPECT_EQ(found(2, 0), 300);
    const int alone = found(3, 0), restarted = found(3, 20);
    EXPECT_GT(alone, 100);
    EXPECT_GT(restarted, 285);
}

TEST(BinaryCoding, StoredScalesAreDescendingAndOfTheirForm)
{
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        auto weights = normalWeights(64, seed);
        weights.front() *= 20;
        for (const int bits : {1, 2, 3, 4}) {
            const auto halves = fitBinaryCodes(weights, {.bits = bits});
            const auto powers = fitBinaryCodes(
                weights, {.bits = bits, .rounding = ScaleRounding::powers, .terms = 2});
            for (std::size_t b = 0; b < static_cast<std::size_t>(bits); ++b) {
                EXPECT_EQ(fromHalf(toHalf(halves.scales[b])), halves.scales[b]);
                EXPECT_EQ(powers.powers[b].terms[0].value() + powers.powers[b].terms[1].value(),
                          powers.scales[b]);
                EXPECT_TRUE(b == 0 || halves.scales[b] <= halves.scales[b - 1]);
                EXPECT_TRUE(b == 0 || powers.scales[b] <= powers.scales[b - 1]);
            }
        }
    }
}

// The released code rounds only in its rounds, which one plane and no rounds do not have.
TEST(BinaryCoding, PowersOfTwoNeedNoRound)
{
    const auto weights = normalWeights(64, 9);
    for (const auto& [bits, rounds] : {std::pair{1, 15}, {1, 0}, {3, 0}}) {
        const auto fit = fitBinaryCodes(
            weights,
            {.bits = bits, .rounds = rounds, .rounding = ScaleRounding::powers, .terms = 1});
        EXPECT_EQ(std::exp2(std::round(std::log2(fit.scales[0]))), fit.scales[0]);
        EXPECT_EQ(fit.roundErrors.size(), static_cast<std::size_t>(rounds) + 1);
    }
}

TEST(BinaryCoding, WeightsOfOneValueAndZerosAreExact)
{
    for (const int bits : {1, 2, 3, 4}) {
        EXPECT_EQ(errorOf(std::vector<double>(8, 0.0), {.bits = bits}), 0);
        EXPECT_EQ(errorOf(std::vector<double>(8, 0.5), {.bits = bits}), 0);
        EXPECT_EQ(errorOf(std::vector<double>{-0.25}, {.bits = bits}), 0);
        EXPECT_EQ(errorOf(std::vector<double>(3, 0.5),
                          {.bits = bits, .rounding = ScaleRounding::powers, .terms = 1}),
                  0);
    }
}

} // namespace
} // namespace vitrine::quant
