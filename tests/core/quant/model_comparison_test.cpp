#include "core/quant/model_comparison.h"

#include "core/model/llm/next_tokens.h"
#include "tests/support/tiny_llm.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

const std::vector<std::int32_t> kWindow = {1, 7, 3, 12, 49, 0, 5};

TEST(ModelComparison, AModelEqualsItself)
{
    const auto llm = model::Llm::open(tests::tinyCheckpoint());
    const auto score = compareOnWindow(*llm, *llm, kWindow);
    ASSERT_TRUE(score);
    EXPECT_EQ(score->predicted, 6);
    EXPECT_EQ(score->natOriginal, score->natOther);
    EXPECT_EQ(score->kl, 0);
    EXPECT_EQ(score->sameBest, 6);
    const TextScore text = textScore(std::vector{*score}, 1);
    EXPECT_EQ(text.ratio, 1);
    EXPECT_EQ(text.sameBest, 1);
    const auto logits = llm->forward(kWindow)->logits;
    EXPECT_NEAR(text.perplexityOriginal, model::perplexity(logits, kWindow, 50), 1e-9);
}

TEST(ModelComparison, AnotherModelDiverges)
{
    const auto one = model::Llm::open(tests::tinyCheckpoint()),
               two = model::Llm::open(tests::tinyCheckpoint(tests::tinyConfig(), 7));
    const auto score = compareOnWindow(*one, *two, kWindow);
    ASSERT_TRUE(score);
    EXPECT_GT(score->kl, 0.1);
    EXPECT_NE(score->natOriginal, score->natOther);
}

TEST(ModelComparison, IntervalsHoldTheMeanAndNarrowWithWindows)
{
    std::vector<WindowScore> windows;
    for (int i = 0; i < 400; ++i)
        windows.push_back({.predicted = 10 + i % 3,
                           .natOriginal = 20.0 + i % 7,
                           .natOther = 22.0 + i % 7 + 0.1 * (i % 5),
                           .kl = 1.0 + 0.5 * (i % 2),
                           .sameBest = 9});
    const TextScore many = textScore(windows, 3);
    const TextScore few = textScore(std::span(windows).first(20), 3);
    for (const TextScore& text : {many, few}) {
        EXPECT_LT(text.other.low, text.perplexityOther);
        EXPECT_GT(text.other.high, text.perplexityOther);
        EXPECT_LT(text.ratioInterval.low, text.ratio);
        EXPECT_GT(text.ratioInterval.high, text.ratio);
    }
    const auto width = [](const Interval& i) { return i.high - i.low; };
    EXPECT_LT(width(many.other), width(few.other));
    // Both versions read the same windows: what differs is known better than each alone.
    EXPECT_LT(width(many.ratioInterval) / many.ratio, width(many.other) / many.perplexityOther);
}

TEST(ModelComparison, TheLikeliestTokensOfBothStandBesideEachOther)
{
    const auto a = model::nextTokens({0, 3, 3, 1, 0, 0, 0, 0}, 4),
               b = model::nextTokens({0, 1, 5, 1, 0, 0, 0, 0}, 4);
    const auto positions = comparePositions(a, b, 3);
    ASSERT_EQ(positions.size(), 2u);
    const auto ids = [](const std::vector<LikelyToken>& tokens) {
        std::vector<int> all;
        for (const LikelyToken& token : tokens)
            all.push_back(token.id);
        return all;
    };
    EXPECT_EQ(ids(positions[0].original), (std::vector{1, 2, 3})); // equals: the lower id first
    EXPECT_EQ(ids(positions[0].other), (std::vector{2, 1, 3}));
    EXPECT_NEAR(positions[0].original[0].probability,
                std::exp(3) / (2 * std::exp(3) + std::exp(1) + 1), 1e-12);
    EXPECT_GT(positions[0].kl, 0);
    EXPECT_EQ(positions[1].kl, 0); // they agree
    EXPECT_EQ(positions[1].other[2].probability, 0.25);
    EXPECT_EQ(comparePositions(a, b, 9)[0].other.size(), 4u); // the whole vocabulary
}

TEST(ModelComparison, OneTokenPredictsNothing)
{
    const auto llm = model::Llm::open(tests::tinyCheckpoint());
    const auto score = compareOnWindow(*llm, *llm, std::vector<std::int32_t>{1});
    ASSERT_FALSE(score);
    EXPECT_EQ(score.error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine::quant
