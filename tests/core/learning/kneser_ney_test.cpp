#include "core/learning/tasks/kneser_ney.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vitrine::learning
{
namespace
{

using Text = std::vector<uint16_t>;

// "a b a b c" between <s> (1) and </s> (2), with a = 3, b = 4, c = 5.
const std::vector<Text> kSmallText = {{1, 3, 4, 3, 4, 5, 2}};

std::vector<Text> randomTexts(uint16_t classes, size_t tokens)
{
    std::mt19937 random(7);
    std::vector<Text> texts;
    for (int t = 0; t < 5; ++t) {
        Text text = {1};
        for (size_t i = 0; i < tokens; ++i)
            text.push_back(
                static_cast<uint16_t>(2 + std::min(random() % classes, random() % classes)));
        texts.push_back(text);
    }
    return texts;
}

TEST(KneserNey, ProbabilitiesSumToOneAfterEveryHistory)
{
    const auto texts = randomTexts(8, 200);
    const KneserNey model(texts, {.order = 4, .classes = 12, .start = 1});

    for (size_t end = 1; end < texts[0].size(); end += 7) {
        double sum = 0.0;
        for (uint16_t id = 0; id < 12; ++id)
            sum += model.probability(std::span(texts[0]).first(end), id);
        EXPECT_NEAR(sum, 1.0, 1e-12);
    }
    const Text unseen = {11, 11, 11};
    double sum = 0.0;
    for (uint16_t id = 0; id < 12; ++id)
        sum += model.probability(unseen, id);
    EXPECT_NEAR(sum, 1.0, 1e-12);
}

// By hand: the different bigrams are sa, ab, ba, bc, c/; so a is new after two tokens, b, c and /
// after one each: n1 = 3, n2 = 1, n3 = n4 = 0, Y = 3/5, D1 = 1 - 2 * 3/5 * 1/3 = 3/5, D2 = 2 - 0 =
// 2 is outside (0, 2), so 1/2. Total 5; held back 3 * 3/5 + 1/2 = 2.3.
TEST(KneserNey, UnigramsAreContinuationCountsWithModifiedDiscounts)
{
    const KneserNey model(kSmallText, {.order = 2, .classes = 10, .start = 1});

    const auto discounts = model.discounts(1);
    EXPECT_NEAR(discounts[0], 0.6, 1e-12);
    EXPECT_NEAR(discounts[1], 0.5, 1e-12);
    EXPECT_NEAR(model.probability({}, 3), (2.0 - 0.5 + 2.3 / 10.0) / 5.0, 1e-12);
    EXPECT_NEAR(model.probability({}, 5), (1.0 - 0.6 + 2.3 / 10.0) / 5.0, 1e-12);
    EXPECT_NEAR(model.probability({}, 9), 2.3 / 10.0 / 5.0, 1e-12);
}

// Bigram counts: sa 1, ab 2, ba 1, bc 1, c/ 1: n1 = 4, n2 = 1, Y = 2/3, D1 = 1 - 2 * 2/3 / 4 = 2/3.
TEST(KneserNey, BigramsInterpolateWithUnigrams)
{
    const KneserNey model(kSmallText, {.order = 2, .classes = 10, .start = 1});
    const double d1 = 2.0 / 3.0;
    const Text afterB = {4};

    EXPECT_NEAR(model.discounts(2)[0], d1, 1e-12);
    const double unigram = model.probability({}, 5);
    EXPECT_NEAR(model.probability(afterB, 5), (1.0 - d1 + 2.0 * d1 * unigram) / 2.0, 1e-12);
}

TEST(KneserNey, ScoresEveryTokenAfterTheFirst)
{
    const KneserNey model(kSmallText, {.order = 3, .classes = 10, .start = 1});

    const auto score = model.score(kSmallText[0]);

    double nat = 0.0;
    for (size_t i = 1; i < kSmallText[0].size(); ++i)
        nat -= std::log(model.probability(std::span(kSmallText[0]).first(i), kSmallText[0][i]));
    EXPECT_EQ(score.tokens, 6u);
    EXPECT_NEAR(score.nat, nat, 1e-12);
    EXPECT_NEAR(score.perplexity(), std::exp(nat / 6.0), 1e-12);
}

} // namespace
} // namespace vitrine::learning
