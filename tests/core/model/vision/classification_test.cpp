#include "core/model/vision/classification.h"

#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

TEST(Classification, TheLargestLogitIsTheAnswer)
{
    const std::vector<float> logits = {1, 3, 2.5f};
    const Classified answer = classified(logits, 2);
    EXPECT_EQ(answer.best, 1);
    EXPECT_FALSE(answer.isRight());
    EXPECT_FLOAT_EQ(answer.margin, 0.5f);
    EXPECT_NEAR(answer.probability, 0.5741, 1e-4); // e^3 / (e + e^3 + e^2.5)
    EXPECT_NEAR(answer.ofLabel, 0.3482, 1e-4);
    EXPECT_EQ(classified(logits, 7).ofLabel, 0);
    EXPECT_EQ(classified(std::vector<float>{2, 2}, 0).best, 0);
}

TEST(Classification, ConfusionCountsWhatWasCalledWhat)
{
    const std::vector<Classified> answers = {{0, 0}, {0, 1}, {1, 1}, {1, 1}, {5, 1}};
    EXPECT_EQ(confusion(answers), (Confusion{{{0, 0}, 1}, {{0, 1}, 1}, {{1, 1}, 2}, {{5, 1}, 1}}));
}

TEST(Classification, CalibrationErrorIsTheMeanGapBetweenWordAndDeed)
{
    // Four answers at 0.75, of which one is right; two at 0.95, both right.
    std::vector<Classified> answers(4, {.label = 0, .best = 1, .probability = 0.75f});
    answers[0].best = 0;
    answers.resize(6, {.label = 1, .best = 1, .probability = 0.95f});
    const auto bins = reliability(answers, 10);
    EXPECT_EQ(bins[7].answers, 4);
    EXPECT_EQ(bins[7].right, 1);
    EXPECT_EQ(bins[9].answers, 2);
    EXPECT_NEAR(bins[9].meanProbability, 0.95, 1e-6);
    EXPECT_NEAR(calibrationError(bins), (4 * 0.5 + 2 * 0.05) / 6, 1e-6);
    EXPECT_EQ(calibrationError({}), 0);
    // A probability of 1 lies in the last part.
    EXPECT_EQ(reliability(std::vector<Classified>{{.probability = 1}}, 10)[9].answers, 1);
}

} // namespace
} // namespace vitrine::model
