#include "core/attention/sinks.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>

namespace vitrine::attention
{
namespace
{

// Row-major causal map, rows sum to 1.
struct CausalMap {
    int tokens;
    std::vector<double> weights;

    double& at(int i, int j) { return weights[static_cast<std::size_t>(i * tokens + j)]; }
};

CausalMap uniformWeights(int tokens, int window = 0)
{
    CausalMap map{tokens, std::vector<double>(static_cast<std::size_t>(tokens * tokens))};
    for (int i = 0; i < tokens; ++i) {
        const int first = window > 0 ? std::max(0, i + 1 - window) : 0;
        for (int j = first; j <= i; ++j)
            map.at(i, j) = 1.0 / (i + 1 - first);
    }
    return map;
}

// Gives one column `share` of every row that sees it below its own.
CausalMap plantedSink(int tokens, int column, double share)
{
    CausalMap map = uniformWeights(tokens);
    for (int i = column + 1; i < tokens; ++i) {
        for (int j = 0; j <= i; ++j)
            map.at(i, j) *= (1 - share) / (1 - 1.0 / (i + 1));
        map.at(i, column) = share;
    }
    return map;
}

std::vector<float> scoreOf(CausalMap map)
{
    std::vector<float> score;
    for (int j = 0; j < map.tokens; ++j) {
        double sum = 0;
        for (int i = j; i < map.tokens; ++i)
            sum += map.at(i, j);
        score.push_back(static_cast<float>(sum / (map.tokens - j)));
    }
    return score;
}

std::vector<int> positions(const std::vector<Sink>& sinks)
{
    std::vector<int> result;
    for (const Sink& sink : sinks)
        result.push_back(sink.position);
    std::ranges::sort(result);
    return result;
}

double harmonic(int n)
{
    double sum = 0;
    for (int k = 1; k <= n; ++k)
        sum += 1.0 / k;
    return sum;
}

SinkOptions everyColumn(SinkRule rule)
{
    return {.rule = rule, .protect = 0, .minRows = 1};
}

// act.md, self-check 6.
TEST(UniformScore, IsTheClosedFormOfUniformAttention)
{
    for (const int tokens : {1, 2, 7, 64, 512}) {
        const auto score = uniformScore(tokens);
        const auto measured = scoreOf(uniformWeights(tokens));
        for (int j = 0; j < tokens; ++j) {
            const auto index = static_cast<std::size_t>(j);
            EXPECT_NEAR(score[index], (harmonic(tokens) - harmonic(j)) / (tokens - j), 1e-13);
            EXPECT_NEAR(score[index], measured[index], 1e-7);
        }
        EXPECT_NEAR(score[0], harmonic(tokens) / tokens, 1e-13);
    }
}

TEST(UniformMeasures, AgreeWithAUniformMapWithAndWithoutWindow)
{
    for (const int window : {0, 1, 5, 40}) {
        const int tokens = 23;
        CausalMap map = uniformWeights(tokens, window);
        double first = 0, entropy = 0, distance = 0;
        std::vector<double> column(tokens);
        for (int i = 0; i < tokens; ++i) {
            first += i >= 1 ? map.at(i, 0) : 0;
            for (int j = 0; j <= i; ++j) {
                const double weight = map.at(i, j);
                column[static_cast<std::size_t>(j)] += weight;
                entropy -= weight > 0 ? weight * std::log(weight) : 0;
                distance += weight * (i - j);
            }
        }

        EXPECT_NEAR(uniformFirstTokenMass(tokens, window), first / (tokens - 1), 1e-12);
        EXPECT_NEAR(uniformEntropy(tokens, window), entropy / tokens, 1e-12);
        EXPECT_NEAR(uniformDistance(tokens, window), distance / tokens, 1e-12);
        const auto score = uniformScore(tokens, window);
        const auto rows = columnRows(tokens, window);
        for (std::size_t j = 0; j < column.size(); ++j)
            EXPECT_NEAR(score[j], column[j] / rows[j], 1e-12);
    }
}

TEST(FindSinks, FindsAPlantedColumn)
{
    // act.md, self-check 12: N = 24, column 7 boosted, tau = 0.1 gives {0, 7}.
    const auto score = scoreOf(plantedSink(24, 7, 0.5));
    SinkOptions options = everyColumn(SinkRule::absolute);
    options.minRows = 9; // the last columns average over too few rows

    EXPECT_EQ(positions(findSinks(score, columnRows(24), options)), (std::vector{0, 7}));

    options.protect = 1;
    const auto later = findSinks(score, columnRows(24), options);
    ASSERT_EQ(later.size(), 1u);
    EXPECT_EQ(later[0].rows, 17);
    EXPECT_NEAR(later[0].scoreOverUniform, later[0].score / uniformScore(24)[7], 1e-12);
}

TEST(FindSinks, AUniformHeadHasNoneUnderTheUniformRuleThoughTheRelativeRuleFlagsItsStart)
{
    const auto score = scoreOf(uniformWeights(512));
    const auto rows = columnRows(512);
    SinkOptions relative = everyColumn(SinkRule::relative);
    relative.minRows = 8;

    EXPECT_TRUE(findSinks(score, rows, everyColumn(SinkRule::uniform)).empty());
    EXPECT_EQ(positions(findSinks(score, rows, relative)), (std::vector{0, 1, 2, 3}));
}

TEST(FindSinks, FewRowsAndProtectedColumnsAreNeverListed)
{
    const auto score = scoreOf(uniformWeights(24)); // s[22] and s[23] lie on one or two rows
    SinkOptions options = everyColumn(SinkRule::absolute);
    options.tau = 0.04;
    options.protect = 3;
    options.minRows = 20;

    EXPECT_EQ(positions(findSinks(score, columnRows(24), options)), (std::vector{3, 4}));
}

// act.md, self-check 8.
TEST(FindSinks, ARaisedThresholdNeverFindsMore)
{
    const auto score = scoreOf(plantedSink(64, 20, 0.3));
    const auto rows = columnRows(64);
    for (const SinkRule rule : {SinkRule::absolute, SinkRule::relative, SinkRule::uniform}) {
        std::size_t before = 65;
        for (const double level : {0.01, 0.5, 1.0, 3.0, 5.0, 7.0, 50.0}) {
            SinkOptions options = everyColumn(rule);
            options.alpha = level;
            options.tau = level / 50;
            const std::size_t found = findSinks(score, rows, options).size();
            EXPECT_LE(found, before);
            before = found;
        }
        EXPECT_EQ(before, 0u);
    }
}

TEST(FindSinks, NotANumberIsNoSink)
{
    const std::vector<float> score = {std::nanf(""), std::nanf(""), 0.9f};

    EXPECT_EQ(positions(findSinks(score, columnRows(3), everyColumn(SinkRule::absolute))),
              std::vector{2});
    EXPECT_TRUE(findSinks({}, {}, everyColumn(SinkRule::uniform)).empty());
}

TEST(SinkMassOfAHead, IsTheMeanWeightOnItsSinks)
{
    CausalMap map = plantedSink(40, 11, 0.4);
    const auto sinks =
        findSinks(scoreOf(map), columnRows(40), {.rule = SinkRule::absolute, .tau = 0.3});
    double mass = 0, uniform = 0;
    CausalMap flat = uniformWeights(40);
    for (int i = 11; i < 40; ++i) {
        mass += map.at(i, 11) / 39;
        uniform += flat.at(i, 11) / 39;
    }

    ASSERT_EQ(positions(sinks), std::vector{11});
    EXPECT_NEAR(sinkMass(sinks, 40).mass, mass, 1e-7);
    EXPECT_NEAR(sinkMass(sinks, 40).uniform, uniform, 1e-7);
}

TEST(FirstTokenSink, NeedsFiveTimesTheUniformMassAndATenth)
{
    const double uniform = uniformFirstTokenMass(64);
    EXPECT_NEAR(uniform, (harmonic(64) - 1) / 63, 1e-14);

    EXPECT_FALSE(hasFirstTokenSink(4.9 * uniform, 64));
    EXPECT_TRUE(hasFirstTokenSink(5.1 * uniform, 64));
    EXPECT_FALSE(hasFirstTokenSink(0.099, 4096));
    EXPECT_TRUE(hasFirstTokenSink(0.101, 4096));
    EXPECT_FALSE(hasStrongFirstTokenSink(0.29, 4096));
    EXPECT_TRUE(hasStrongFirstTokenSink(0.31, 4096));
}

} // namespace
} // namespace vitrine::attention
