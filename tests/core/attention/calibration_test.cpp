// The self-checks of ACT (specs/act.md, section 13) on whole maps.
#include "core/attention/calibration.h"

#include "core/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

namespace vitrine::attention
{
namespace
{

using testing::ElementsAre;
using testing::IsEmpty;

struct Map {
    std::int64_t tokens = 0;
    std::vector<float> weights;

    float& at(std::int64_t i, std::int64_t j)
    {
        return weights[static_cast<std::size_t>(i * tokens + j)];
    }
    float at(std::int64_t i, std::int64_t j) const
    {
        return weights[static_cast<std::size_t>(i * tokens + j)];
    }
    double rowSum(std::int64_t i) const
    {
        double sum = 0;
        for (std::int64_t j = 0; j < tokens; ++j)
            sum += at(i, j);
        return sum;
    }
};

Map uniformMap(std::int64_t tokens)
{
    Map map{tokens, std::vector<float>(static_cast<std::size_t>(tokens * tokens))};
    for (std::int64_t i = 0; i < tokens; ++i)
        for (std::int64_t j = 0; j <= i; ++j)
            map.at(i, j) = static_cast<float>(1.0 / static_cast<double>(i + 1));
    return map;
}

// Random weights; the columns in `heavy` are boosted.
Map randomMap(std::int64_t tokens, std::vector<std::int64_t> heavy, std::uint64_t seed)
{
    Random random(seed);
    Map map = uniformMap(tokens);
    for (std::int64_t i = 0; i < tokens; ++i) {
        double sum = 0;
        std::vector<double> row;
        for (std::int64_t j = 0; j <= i; ++j) {
            const bool boosted = std::ranges::find(heavy, j) != heavy.end();
            row.push_back(std::exp(0.5 * random.normal() + (boosted ? 3.0 : 0.0)));
            sum += row.back();
        }
        for (std::int64_t j = 0; j <= i; ++j)
            map.at(i, j) = static_cast<float>(row[static_cast<std::size_t>(j)] / sum);
    }
    return map;
}

std::vector<float> scores(const Map& map)
{
    std::vector<float> result;
    for (std::int64_t j = 0; j < map.tokens; ++j) {
        double sum = 0;
        for (std::int64_t i = j; i < map.tokens; ++i)
            sum += map.at(i, j);
        result.push_back(static_cast<float>(sum / static_cast<double>(map.tokens - j)));
    }
    return result;
}

std::vector<std::int32_t> columnsOf(const Map& map, const Calibration& calibration)
{
    return calibratedColumns(scores(map), columnRows(map.tokens), calibration);
}

Calibration withTau(double tau, double beta = 0.4)
{
    Calibration calibration;
    calibration.sinks.tau = tau;
    calibration.sinks.minRows = 4;
    calibration.beta = beta;
    return calibration;
}

Map calibratedMap(Map map, const Calibration& calibration)
{
    calibrateMap(map.weights, map.tokens, calibration);
    return map;
}

TEST(CalibrateMap, KeepsRowSumsSignsAndTheUpperTriangle)
{
    for (const std::int64_t tokens : {1, 2, 5, 24, 65})
        for (const Receivers receivers : {Receivers::all, Receivers::notFirst}) {
            Calibration calibration = withTau(0.05, 0.2);
            calibration.receivers = receivers;
            const Map before = randomMap(tokens, {0, tokens / 3}, 3);

            const Map after = calibratedMap(before, calibration);

            for (std::int64_t i = 0; i < tokens; ++i) {
                EXPECT_NEAR(after.rowSum(i), 1, 1e-6);
                for (std::int64_t j = 0; j < tokens; ++j) {
                    EXPECT_GE(after.at(i, j), 0);
                    EXPECT_TRUE(j <= i || after.at(i, j) == 0);
                }
            }
        }
}

TEST(CalibrateMap, BetaOneAndNoSinksChangeNotOneBit)
{
    const Map before = randomMap(40, {0, 9}, 5);

    EXPECT_EQ(calibratedMap(before, withTau(0.05, 1)).weights, before.weights);
    EXPECT_EQ(calibratedMap(before, withTau(1)).weights, before.weights);
    const auto identity = [&] {
        Map copy = before;
        return calibrateMap(copy.weights, 40, withTau(0.05, 1));
    }();
    EXPECT_GT(identity.sinks, 0);
    EXPECT_EQ(identity.rowsModified, 0);
    EXPECT_EQ(identity.massMoved, 0);
}

TEST(CalibrateMap, ShrinksSinksByBetaAndKeepsTheRatiosOfTheOthers)
{
    const Map before = randomMap(48, {0, 7, 20}, 6);
    const Calibration calibration = withTau(0.1, 0.4);
    const auto sinks = columnsOf(before, calibration);
    ASSERT_THAT(sinks, ElementsAre(7, 20));

    const Map after = calibratedMap(before, calibration);

    for (std::int64_t i = 7; i < 48; ++i) {
        const double factor = after.at(i, 0) / before.at(i, 0);
        EXPECT_GT(factor, 1);
        for (std::int64_t j = 0; j <= i; ++j) {
            const bool isSink = j == 7 || j == 20;
            EXPECT_NEAR(after.at(i, j) / before.at(i, j), isSink ? 0.4 : factor, 1e-5);
        }
    }
}

TEST(CalibrateMap, WithoutTheFirstAmongReceiversLeavesItsColumn)
{
    Calibration calibration = withTau(0.1);
    calibration.receivers = Receivers::notFirst;
    const Map before = randomMap(32, {0, 7}, 6);

    const Map after = calibratedMap(before, calibration);

    for (std::int64_t i = 0; i < 32; ++i)
        EXPECT_EQ(after.at(i, 0), before.at(i, 0));
    EXPECT_NEAR(after.at(20, 7), 0.4 * before.at(20, 7), 1e-7);
    EXPECT_GT(after.at(20, 3), before.at(20, 3));
}

TEST(CalibrateMap, CountsTheMassThatTheSinksLose)
{
    const Map before = randomMap(48, {0, 7, 20}, 8);
    Map after = before;

    const CalibrationCount count = calibrateMap(after.weights, 48, withTau(0.1, 0.25));

    double lost = 0, expected = 0;
    for (std::int64_t i = 1; i < 48; ++i)
        for (const std::int64_t t : {7, 20}) {
            lost += before.at(i, t) - after.at(i, t);
            expected += 0.75 * before.at(i, t);
        }
    EXPECT_NEAR(count.massMoved, lost, 1e-5);
    EXPECT_NEAR(count.massMoved, expected, 1e-9);
    EXPECT_EQ(count.sinks, 2);
    EXPECT_EQ(count.rowsModified, 48 - 7);
    EXPECT_EQ(count.rowsSkipped, 0);
}

TEST(CalibrateMap, LeavesTheFirstRowAndNeverLowersTheFirstColumn)
{
    for (const std::uint64_t seed : {1, 2, 3, 4}) {
        const Map before = randomMap(30, {5, 11}, seed);

        const Map after = calibratedMap(before, withTau(0.08));

        EXPECT_EQ(after.at(0, 0), 1);
        for (std::int64_t i = 0; i < 30; ++i)
            EXPECT_GE(after.at(i, 0), before.at(i, 0));
    }
}

TEST(CalibrateMap, SparesProtectedPositionsWhetherOrNotTheyAreSinks)
{
    const Map weakFirst = randomMap(30, {4, 11}, 9); // s[0] stays below the threshold
    Calibration calibration = withTau(0.15);
    ASSERT_LE(scores(weakFirst)[0], 0.15);

    EXPECT_THAT(columnsOf(weakFirst, calibration), ElementsAre(4, 11));
    calibration.sinks.protect = 5;
    EXPECT_THAT(columnsOf(weakFirst, calibration), ElementsAre(11));
    calibration.reference = true; // spares the first flagged one instead
    EXPECT_THAT(columnsOf(weakFirst, calibration), ElementsAre(11));
    calibration.sinks.protect = 12;
    EXPECT_THAT(columnsOf(weakFirst, calibration), ElementsAre(11)) << "protect is ours alone";
}

TEST(CalibrateMap, OfUniformAttentionHasTheClosedFormScores)
{
    constexpr std::int64_t kTokens = 50;
    const auto harmonic = [](std::int64_t n) {
        double sum = 0;
        for (std::int64_t k = 1; k <= n; ++k)
            sum += 1.0 / static_cast<double>(k);
        return sum;
    };
    const auto s = scores(uniformMap(kTokens));

    for (std::int64_t j = 0; j < kTokens; ++j)
        EXPECT_NEAR(s[static_cast<std::size_t>(j)],
                    (harmonic(kTokens) - harmonic(j)) / static_cast<double>(kTokens - j), 1e-6);
    // The threshold of the map's own detection stands where the closed form says.
    Calibration calibration = withTau((harmonic(50) - harmonic(3)) / 47);
    calibration.sinks.tau -= 1e-6;
    EXPECT_THAT(columnsOf(uniformMap(kTokens), calibration), ElementsAre(1, 2, 3));
    calibration.sinks.tau += 2e-6;
    EXPECT_THAT(columnsOf(uniformMap(kTokens), calibration), ElementsAre(1, 2));
}

TEST(CalibrateMap, LeftPaddingChangesNoRealRow)
{
    constexpr std::int64_t kTokens = 24, kPadding = 5, kAll = kTokens + kPadding;
    const Map alone = randomMap(kTokens, {0, 7}, 10);
    Map padded{kAll, std::vector<float>(kAll * kAll, 0.0f)};
    for (std::int64_t i = 0; i < kPadding; ++i)
        padded.at(i, 0) = 1; // whatever a padded row holds
    for (std::int64_t i = 0; i < kTokens; ++i)
        for (std::int64_t j = 0; j < kTokens; ++j)
            padded.at(i + kPadding, j + kPadding) = alone.at(i, j);
    const Map before = padded;

    const auto count = calibrateMap(padded.weights, kAll, withTau(0.1), 0, kPadding);

    const Map expected = calibratedMap(alone, withTau(0.1));
    EXPECT_EQ(count.sinks, 1);
    for (std::int64_t i = 0; i < kAll; ++i)
        for (std::int64_t j = 0; j < kAll; ++j)
            EXPECT_EQ(padded.at(i, j), i >= kPadding && j >= kPadding
                                           ? expected.at(i - kPadding, j - kPadding)
                                           : before.at(i, j));
}

TEST(CalibrateMap, HigherThresholdsFindNoMoreAndLowerBetaLeavesNoMore)
{
    const Map map = randomMap(60, {0, 13, 31}, 11);
    for (const SinkRule rule : {SinkRule::absolute, SinkRule::relative, SinkRule::uniform}) {
        Calibration calibration = withTau(0);
        calibration.sinks.rule = rule;
        calibration.sinks.alpha = 0;
        auto last = columnsOf(map, calibration);
        ASSERT_GT(last.size(), 20u);
        for (int step = 1; step < 40; ++step) {
            calibration.sinks.tau = 0.01 * step;
            calibration.sinks.alpha = 0.3 * step;
            const auto next = columnsOf(map, calibration);
            EXPECT_TRUE(std::ranges::includes(last, next));
            last = next;
        }
    }
    const auto sinks = columnsOf(map, withTau(0.1));
    Map higher = calibratedMap(map, withTau(0.1, 1));
    for (const double beta : {0.7, 0.4, 0.1, 0.0}) {
        const Map lower = calibratedMap(map, withTau(0.1, beta));
        for (std::int64_t i = 0; i < 60; ++i)
            for (const std::int32_t t : sinks)
                EXPECT_LE(lower.at(i, t), higher.at(i, t));
        higher = lower;
    }
}

TEST(CalibrateRow, TwiceIsOnceWithBetaSquared)
{
    const Map map = randomMap(40, {0, 9, 22}, 12);
    const std::vector<std::int32_t> sinks = {9, 22};
    std::vector<float> twice(map.weights.end() - 40, map.weights.end()), once = twice;

    calibrateRow(twice, sinks, 0.4, Receivers::all);
    calibrateRow(twice, sinks, 0.4, Receivers::all);
    calibrateRow(once, sinks, 0.16, Receivers::all);

    for (std::size_t j = 0; j < once.size(); ++j)
        EXPECT_NEAR(twice[j], once[j], 1e-7);
}

TEST(CalibrateMap, FindsAPlantedSink)
{
    const Map map = randomMap(24, {0, 7}, 13);
    Calibration calibration = withTau(0.1);
    calibration.sinks.protect = 0;

    EXPECT_THAT(columnsOf(map, calibration), ElementsAre(0, 7));
}

TEST(CalibrateMap, LeavesARowWhoseWholeMassLiesOnSinks)
{
    Map map = randomMap(16, {0, 4}, 14);
    for (std::int64_t j = 0; j <= 10; ++j)
        map.at(10, j) = j == 4 ? 1.0f : 0.0f;
    const Map before = map;

    const auto count = calibrateMap(map.weights, 16, withTau(0.1));

    EXPECT_EQ(count.rowsSkipped, 1);
    for (std::int64_t j = 0; j < 16; ++j)
        EXPECT_EQ(map.at(10, j), before.at(10, j));
    EXPECT_LT(map.at(11, 4), before.at(11, 4));

    Calibration released = withTau(0.1);
    released.reference = true;
    Map broken = before;
    calibrateMap(broken.weights, 16, released);
    EXPECT_TRUE(std::isnan(broken.at(10, 0)));
    EXPECT_FALSE(std::isnan(broken.at(11, 0)));
}

TEST(CalibrateNewRow, AsReleasedNoLongerSumsToOne)
{
    std::vector<float> row = {0.3f, 0.05f, 0.4f, 0.05f, 0.2f};
    Calibration calibration = withTau(0.1);
    calibration.reference = true;
    const std::vector<std::int32_t> sinks = {2, 4};
    std::vector<float> sound = row;

    calibrateNewRowAsReleased(row, calibration);
    calibrateRow(sound, sinks, 0.4, Receivers::all);

    // Freed: 0.6 * 0.6 = 0.36; sinks keep 0.4 + 0.36 of theirs, key 0 becomes 1.
    EXPECT_EQ(row[0], 1);
    EXPECT_NEAR(row[2], 0.4 * 0.76, 1e-6);
    EXPECT_NEAR(row[4], 0.2 * 0.76, 1e-6);
    EXPECT_NEAR(row[1], 0.05 * 1.36, 1e-6);
    EXPECT_NEAR(std::accumulate(row.begin(), row.end(), 0.0), 1 + 0.6 * 0.76 + 0.1 * 1.36, 1e-6);
    EXPECT_NEAR(std::accumulate(sound.begin(), sound.end(), 0.0), 1, 1e-6);
}

TEST(CalibrateMap, OfAWindowCountsEachColumnByTheRowsThatSeeIt)
{
    constexpr std::int64_t kTokens = 20, kWindow = 6;
    Map map{kTokens, std::vector<float>(kTokens * kTokens, 0.0f)};
    for (std::int64_t i = 0; i < kTokens; ++i) {
        const std::int64_t first = std::max<std::int64_t>(0, i + 1 - kWindow);
        const bool seesSink = first <= 8 && 8 <= i;
        const auto keys = static_cast<float>(i + 1 - first);
        for (std::int64_t j = first; j <= i; ++j)
            map.at(i, j) = !seesSink ? 1 / keys : j == 8 ? 0.6f : 0.4f / (keys - 1);
    }
    Map after = map;

    const auto count = calibrateMap(after.weights, kTokens, withTau(0.4), kWindow);

    EXPECT_EQ(count.sinks, 1);
    EXPECT_EQ(count.rowsModified, kWindow);
    EXPECT_EQ(after.at(14, 8), 0);
    EXPECT_NEAR(after.at(13, 8), 0.24, 1e-6);
    EXPECT_EQ(after.at(14, 12), map.at(14, 12));
}

} // namespace
} // namespace vitrine::attention
