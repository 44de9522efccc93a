#include "core/model/llm/next_tokens.h"

#include "core/base/random.h"
#include "core/model/llm/llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::model
{
namespace
{

using testing::ElementsAre;

std::vector<float> randomLogits(std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    std::vector<float> logits(count);
    for (float& logit : logits)
        logit = static_cast<float>(4 * random.normal());
    return logits;
}

TEST(NextTokens, NamesTheLikeliestAndTheLowestAmongEquals)
{
    const NextTokens tokens = nextTokens({1, 3, 3, 2, 0, -1, 7, 7}, 4);

    EXPECT_EQ(tokens.rows(), 2);
    EXPECT_THAT(tokens.best, ElementsAre(1, 2));
    EXPECT_NEAR(tokens.logSum[0], std::log(std::exp(1) + 2 * std::exp(3) + std::exp(2)), 1e-12);
    EXPECT_NEAR(std::exp(tokens.logProbability(1, 2)), 0.4997, 1e-3);
}

TEST(NextTokens, DivergenceIsThatOfTheDefinition)
{
    const NextTokens a = nextTokens(randomLogits(5 * 37, 1), 37);
    const NextTokens b = nextTokens(randomLogits(5 * 37, 2), 37);

    const auto found = divergences(probabilities(a), a, b);

    for (std::int64_t r = 0; r < 5; ++r) {
        double expected = 0;
        for (std::int32_t i = 0; i < 37; ++i)
            expected += std::exp(a.logProbability(r, i)) *
                        (a.logProbability(r, i) - b.logProbability(r, i));
        EXPECT_NEAR(found[static_cast<std::size_t>(r)], expected, 1e-5);
        EXPECT_GT(expected, 0);
    }
}

TEST(NextTokens, DivergenceFromItselfIsZeroAndASmallOneIsNotLost)
{
    const auto logits = randomLogits(3 * 4096, 3);
    const NextTokens a = nextTokens(logits, 4096);
    auto moved = logits;
    moved[5] += 1e-2f;
    const NextTokens b = nextTokens(moved, 4096);

    EXPECT_THAT(divergences(probabilities(a), a, a), ElementsAre(0, 0, 0));
    const double p = std::exp(a.logProbability(0, 5));
    // KL of one logit moved by d is p (1 - p) d^2 / 2 to second order.
    EXPECT_NEAR(divergences(probabilities(a), a, b)[0], p * (1 - p) * 0.5e-4, 1e-9);
}

TEST(NextTokens, PerplexityIsThatOfTheLogits)
{
    const std::vector<std::int32_t> ids = {3, 1, 4, 1, 5};
    const auto logits = randomLogits(5 * 37, 4);

    EXPECT_NEAR(perplexity(nextTokens(logits, 37), ids), perplexity(logits, ids, 37), 1e-4);
    EXPECT_TRUE(std::isnan(perplexity(nextTokens({1, 2}, 2), std::vector<std::int32_t>{0})));
}

} // namespace
} // namespace vitrine::model
