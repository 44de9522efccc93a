#include "core/quant/allocation.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

std::vector<LayerChoice> randomChoices(std::size_t layers, std::size_t candidates, Random& random)
{
    std::vector<LayerChoice> choices(layers);
    for (LayerChoice& layer : choices) {
        layer.weights = static_cast<std::int64_t>(1 + random.below(5));
        const double importance = std::exp(2 * random.normal());
        for (std::size_t c = 0; c < candidates; ++c)
            layer.costs.push_back(importance * std::pow(4, -static_cast<double>(c)));
    }
    return choices;
}

// The least cost of all choices that fit.
double leastCost(const std::vector<LayerChoice>& layers, const std::vector<int>& candidates,
                 double budget, std::size_t layer = 0, std::int64_t used = 0)
{
    if (static_cast<double>(used) > budget + 1e-9)
        return INFINITY;
    if (layer == layers.size())
        return 0;
    double least = INFINITY;
    for (std::size_t c = 0; c < candidates.size(); ++c)
        least = std::min(least, layers[layer].costs[c] +
                                    leastCost(layers, candidates, budget, layer + 1,
                                              used + layers[layer].weights * candidates[c]));
    return least;
}

TEST(Allocation, IsTheBestOfAll)
{
    Random random(6);
    const std::vector<int> candidates = {2, 3, 4};
    for (int i = 0; i < 200; ++i) {
        const auto layers = randomChoices(1 + random.below(8), 3, random);
        double weights = 0;
        for (const LayerChoice& layer : layers)
            weights += static_cast<double>(layer.weights);
        const double mean = 2 + 2.2 * random.uniform();
        const auto found = allocateBits(layers, candidates, mean);
        ASSERT_TRUE(found);
        EXPECT_NEAR(found->cost, leastCost(layers, candidates, mean * weights), 1e-12);
        double cost = 0, used = 0;
        for (std::size_t l = 0; l < layers.size(); ++l) {
            cost += layers[l].costs[static_cast<std::size_t>(found->bits[l] - 2)];
            used += static_cast<double>(layers[l].weights * found->bits[l]);
        }
        EXPECT_NEAR(cost, found->cost, 1e-12);
        EXPECT_EQ(used, static_cast<double>(found->usedBits));
        EXPECT_LE(used, mean * weights + 1e-9);
        EXPECT_NEAR(found->slackBits, mean * weights - used, 1e-9);
        EXPECT_NEAR(found->meanBits, used / weights, 1e-12);
    }
}

TEST(Allocation, BudgetIsUsedWhereItDivides)
{
    Random random(7);
    auto layers = randomChoices(10, 3, random);
    for (LayerChoice& layer : layers)
        layer.weights = 4096 * 4096;
    for (const double mean : {2.0, 2.1, 2.3, 2.7, 3.0, 3.9, 4.0}) {
        const auto found = allocateBits(layers, std::vector<int>{2, 3, 4}, mean);
        EXPECT_NEAR(found->meanBits, mean, 1e-12);
        EXPECT_NEAR(found->slackBits, 0, 1e-4);
    }
    EXPECT_EQ(allocateBits(layers, std::vector<int>{2, 3, 4}, 4)->bits, std::vector<int>(10, 4));
    EXPECT_EQ(allocateBits(layers, std::vector<int>{2, 3, 4}, 7)->bits, std::vector<int>(10, 4));
    EXPECT_EQ(allocateBits(layers, std::vector<int>{2, 3, 4}, 2)->bits, std::vector<int>(10, 2));
}

// A language model's layers: 32 blocks of four, two and one sizes.
TEST(Allocation, MoreBitsAreNeverWorse)
{
    Random random(8);
    auto layers = randomChoices(7 * 32, 3, random);
    for (std::size_t l = 0; l < layers.size(); ++l)
        layers[l].weights = l % 7 < 4 ? 4096 * 4096 : 4096 * 11008;
    double before = INFINITY;
    for (double mean = 2; mean <= 4; mean += 0.2) {
        const auto found = allocateBits(layers, std::vector<int>{2, 3, 4}, mean);
        ASSERT_TRUE(found);
        EXPECT_LE(found->cost, before);
        before = found->cost;
    }
}

TEST(Allocation, FewerBitsWhereMoreDoNotPay)
{
    const std::vector<LayerChoice> layers = {{3, {1.0, 1.0, 2.0}}};
    const auto found = allocateBits(layers, std::vector<int>{2, 3, 4}, 4);
    EXPECT_EQ(found->bits, std::vector<int>{2});
    EXPECT_EQ(found->slackBits, 6);
}

TEST(Allocation, WhatCannotBeAllocatedIsRefused)
{
    const std::vector<LayerChoice> layers = {{3, {1.0, 0.5}}};
    const auto refusal = [](const std::vector<LayerChoice>& choices, std::vector<int> candidates,
                            double mean) {
        const auto found = allocateBits(choices, candidates, mean);
        return found ? std::string() : found.error().message;
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(refusal(layers, {2, 3}, 1.9), "1.9 bits"));
    EXPECT_TRUE(has(refusal(layers, {2, 3}, NAN), "nan bits"));
    EXPECT_TRUE(has(refusal(layers, {3, 2}, 3), "ascending"));
    EXPECT_TRUE(has(refusal(layers, {2, 3, 4}, 3), "2 costs for 3"));
    EXPECT_TRUE(has(refusal({}, {2, 3}, 3), "no layers"));
    EXPECT_TRUE(has(refusal({{0, {1, 1}}}, {2, 3}, 3), "0 weights"));
    EXPECT_TRUE(has(refusal({{std::int64_t{1} << 62, {1, 1}}}, {2, 3}, 3), "weights"));
    EXPECT_TRUE(has(refusal({{1, {1, NAN}}}, {2, 3}, 3), "cost of layer 0 is nan"));
}

} // namespace
} // namespace vitrine::quant
