#include "core/base/statistics.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace vitrine
{
namespace
{

TEST(NormalQuantile, KnowsTheUsualOnesAndIsOdd)
{
    EXPECT_NEAR(normalQuantile(0.975), 1.959963984540054, 1e-14);
    EXPECT_NEAR(normalQuantile(0.995), 2.5758293035489004, 1e-14);
    EXPECT_NEAR(normalQuantile(0.5), 0, 1e-15);
    for (const double p : {1e-12, 1e-5, 0.02, 0.3})
        EXPECT_NEAR(normalQuantile(p), -normalQuantile(1 - p), 1e-4 * std::abs(normalQuantile(p)));
}

// Newcombe, Statistics in Medicine 17 (1998) 857-872, Table I, method 3 (score, no correction).
TEST(WilsonInterval, ReproducesNewcombesTable)
{
    struct Row {
        int successes, trials;
        double low, high;
    };
    for (const Row& row : {Row{81, 263, 0.2553, 0.3662}, Row{15, 148, 0.0624, 0.1605},
                           Row{0, 20, 0.0000, 0.1611}, Row{1, 29, 0.0061, 0.1718}}) {
        const Interval interval = wilsonInterval(row.successes, row.trials);
        EXPECT_NEAR(interval.low, row.low, 5e-5) << row.successes << "/" << row.trials;
        EXPECT_NEAR(interval.high, row.high, 5e-5) << row.successes << "/" << row.trials;
    }
}

// The interval's ends p solve |share - p| = z sqrt(p (1 - p) / n): its definition.
TEST(WilsonInterval, EndsSolveTheScoreEquation)
{
    for (int trials = 1; trials <= 40; ++trials)
        for (int successes = 0; successes <= trials; ++successes) {
            const double n = trials, share = successes / n, z = normalQuantile(0.975);
            const Interval interval = wilsonInterval(successes, trials);
            for (const double p : {interval.low, interval.high})
                if (p > 0 && p < 1) {
                    EXPECT_NEAR((share - p) * (share - p), z * z * p * (1 - p) / n, 1e-12);
                }
            EXPECT_LE(interval.low, share);
            EXPECT_GE(interval.high, share);
        }
    EXPECT_EQ(wilsonInterval(0, 0), (Interval{0, 1}));
}

// Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013): airway measurement
// (1, 7 of 21) and complete response (6, 16 of 161).
TEST(Mcnemar, ReproducesPublishedExamples)
{
    EXPECT_NEAR(mcnemarExact({1, 7, 1, 12}), 0.0703, 5e-5);
    EXPECT_NEAR(mcnemarMidP({1, 7, 1, 12}), 0.0391, 5e-5);
    EXPECT_NEAR(mcnemarExact({59, 6, 16, 80}), 0.0525, 5e-5);
    EXPECT_NEAR(mcnemarMidP({59, 6, 16, 80}), 0.0347, 5e-5);
}

TEST(Mcnemar, EqualsCountingAllSignPatterns)
{
    for (int changed = 0; changed <= 12; ++changed)
        for (int gained = 0; gained <= changed; ++gained) {
            const PairedCounts counts{3, gained, changed - gained, 5};
            double asFar = 0, exactly = 0; // patterns at least as uneven; exactly this uneven
            for (int pattern = 0; pattern < 1 << changed; ++pattern) {
                const int uneven =
                    std::abs(2 * __builtin_popcount(static_cast<unsigned>(pattern)) - changed);
                const int seen = std::abs(2 * gained - changed);
                asFar += uneven >= seen ? 1 : 0;
                exactly += uneven == seen ? 1 : 0;
            }
            const double patterns = 1 << changed;
            EXPECT_NEAR(mcnemarExact(counts), asFar / patterns, 1e-12);
            EXPECT_NEAR(mcnemarMidP(counts),
                        changed == 0 ? 1
                        : 2 * gained == changed
                            ? 1 // both tails meet in the middle term: half of it on each side
                            : (asFar - exactly / 2) / patterns,
                        2 * gained == changed ? exactly / patterns : 1e-12);
        }
    EXPECT_NEAR(mcnemarExact({0, 5000, 5000, 0}), 1, 1e-9);
    EXPECT_LT(mcnemarExact({0, 6000, 4000, 0}), 1e-80);
}

// 2^-9999: no double is as small, and none of them is 0.
TEST(Mcnemar, HasALeastValueAboveZero)
{
    EXPECT_EQ(mcnemarExact({0, 0, 10'000, 0}), kLeastChance);
    EXPECT_EQ(mcnemarMidP({0, 10'000, 0, 0}), kLeastChance);
    EXPECT_NEAR(mcnemarExact({0, 0, 900, 0}), std::ldexp(1.0, -899), std::ldexp(1.0, -920));
}

// The log-likelihood of (gained, lost, rest) with P(loss) = q, P(gain) = q + delta.
double logLikelihood(const PairedCounts& counts, double delta, double q)
{
    const auto term = [](double count, double p) { return count == 0 ? 0 : count * std::log(p); };
    const double rest = 1 - 2 * q - delta;
    if (q < 0 || q + delta < 0 || rest < 0)
        return -INFINITY;
    return term(static_cast<double>(counts.gained), q + delta) +
           term(static_cast<double>(counts.lost), q) +
           term(static_cast<double>(counts.bothRight + counts.bothWrong), rest);
}

// Slow and obvious: q by a fine grid, then the score.
double slowScore(const PairedCounts& counts, double delta)
{
    double best = -INFINITY, bestQ = 0;
    const double from = std::max(0.0, -delta), to = (1 - delta) / 2;
    for (int i = 0; i <= 200'000; ++i) {
        const double q = from + (to - from) * i / 200'000;
        if (const double value = logLikelihood(counts, delta, q); value > best)
            best = value, bestQ = q;
    }
    const auto n = static_cast<double>(counts.items());
    return (static_cast<double>(counts.gained - counts.lost) - n * delta) /
           std::sqrt(n * (2 * bestQ + delta * (1 - delta)));
}

TEST(PairedDifferenceInterval, EndsAreWhereTheScoreTestTurns)
{
    for (const PairedCounts& counts : {PairedCounts{1, 7, 1, 12}, PairedCounts{59, 6, 16, 80},
                                       PairedCounts{10, 3, 0, 7}, PairedCounts{2, 5, 5, 2}}) {
        const Interval interval = pairedDifferenceInterval(counts);
        EXPECT_NEAR(slowScore(counts, interval.low), 1.959964, 2e-3);
        EXPECT_NEAR(slowScore(counts, interval.high), -1.959964, 2e-3);
        EXPECT_LT(interval.low, counts.difference());
        EXPECT_GT(interval.high, counts.difference());
    }
}

// Nothing changed: score (-n d)^2 = z^2 n d (1 - d), so the ends are +-z^2 / (n + z^2).
TEST(PairedDifferenceInterval, OfNoChangesHasAClosedForm)
{
    const double z2 = 1.959963984540054 * 1.959963984540054;
    const Interval interval = pairedDifferenceInterval({20, 0, 0, 12});

    EXPECT_NEAR(interval.high, z2 / (32 + z2), 1e-9);
    EXPECT_NEAR(interval.low, -z2 / (32 + z2), 1e-9);
    EXPECT_EQ(pairedDifferenceInterval({}), (Interval{-1, 1}));
}

TEST(PairedDifferenceInterval, IsMirroredWhenGainsAndLossesAreSwapped)
{
    const Interval one = pairedDifferenceInterval({4, 9, 3, 8}),
                   other = pairedDifferenceInterval({4, 3, 9, 8});

    EXPECT_NEAR(one.low, -other.high, 1e-12);
    EXPECT_NEAR(one.high, -other.low, 1e-12);
}

TEST(PairedCounts, SortsItemsByWhatBecameOfThem)
{
    const std::array before = {true, true, false, false, false};
    const std::array after = {true, false, true, true, false};

    const PairedCounts counts = pairedCounts(before, after);

    EXPECT_EQ(counts, (PairedCounts{1, 2, 1, 1}));
    EXPECT_DOUBLE_EQ(counts.difference(), 0.2);
}

// The mean of n normal values: the interval is about +-z / sqrt(n), and covers the truth as often
// as it says.
TEST(BootstrapMean, AgreesWithTheNormalInterval)
{
    Random random(5);
    int covered = 0;
    for (int repeat = 0; repeat < 200; ++repeat) {
        std::vector<double> values(100);
        for (double& value : values)
            value = random.normal();
        const Interval interval = bootstrapMean(values, 1, 0.95, 1000);
        EXPECT_NEAR(interval.high - interval.low, 2 * 1.96 / 10, 0.15);
        covered += interval.low <= 0 && interval.high >= 0 ? 1 : 0;
    }
    EXPECT_GE(covered, 180); // 190 expected, standard deviation 3.1
    EXPECT_LE(covered, 198);
}

TEST(BootstrapMean, RepeatsAndHandlesTheSmallest)
{
    const std::vector<double> values = {1, 2, 4};

    EXPECT_EQ(bootstrapMean(values, 9), bootstrapMean(values, 9));
    EXPECT_EQ(bootstrapMean(std::vector<double>{3}, 9), (Interval{3, 3}));
    EXPECT_TRUE(std::isnan(bootstrapMean({}, 9).low));
}

TEST(Bootstrap, RatioWeighsWindowsByTheirLength)
{
    // Two kinds of windows: 10 tokens at 2 nat, 90 tokens at 1 nat; the mean per token is 1.1.
    std::vector<double> nat, tokens;
    for (int i = 0; i < 200; ++i) {
        tokens.push_back(i % 2 == 0 ? 10 : 90);
        nat.push_back(i % 2 == 0 ? 20 : 90);
    }
    const Interval interval = bootstrapRatio(nat, tokens, 4);
    EXPECT_LT(interval.low, 1.1);
    EXPECT_GT(interval.high, 1.1);
    EXPECT_LT(interval.high, 1.13);
    EXPECT_EQ(bootstrapRatio(nat, std::vector<double>(200, 1.0), 4), bootstrapMean(nat, 4));
    EXPECT_TRUE(std::isnan(bootstrapRatio({}, {}, 1).high));
}

} // namespace
} // namespace vitrine
