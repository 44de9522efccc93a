#include "core/quant/vision/bit_search.h"

#include "core/model/network/named_networks.h"
#include "core/quant/vision/bit_draws.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace vitrine::quant
{
namespace
{

MixedNetwork mixedTiny()
{
    return mixedNetwork(model::layerTable(*model::namedNetwork("deit-tiny")));
}

// A layer suffers from 4 bits as its place says; a linear fitness with a known best.
double placeFitness(const BitConfig& bits)
{
    double fitness = 0;
    for (std::size_t i = 0; i < bits.size(); ++i)
        fitness -= bits[i] == 4 ? static_cast<double>(i % 7) : 0;
    return fitness;
}

// Invariant 9 of the method, over a whole search.
TEST(SearchBits, EveryConfigurationKeepsWithinTheBudgetAndLeavesTheStem)
{
    const MixedNetwork network = mixedTiny();
    Random random(2);
    const BitDraws draws = *drawConfigs(network, network.budget(), random);
    std::size_t measured = 0, reported = 0;
    const auto search = searchBits(
        network, network.budget(), draws.configs,
        [&](const BitConfig& bits) -> Result<double> {
            ++measured;
            return placeFitness(bits);
        },
        random, {},
        [&](std::size_t done, std::size_t most) {
            EXPECT_EQ(done, reported++);
            EXPECT_EQ(most, 25u + 8 * 22);
            return true;
        });
    ASSERT_TRUE(search) << search.error().message;

    EXPECT_EQ(measured, 25u + 8 * 22);
    EXPECT_EQ(search->seen.size(), measured);
    std::set<BitConfig> different;
    for (const BitIndividual& one : search->seen) {
        EXPECT_TRUE(network.isValid(one.bits));
        EXPECT_LE(one.cost, network.budget());
        EXPECT_EQ(one.cost, network.cost(one.bits));
        EXPECT_EQ(one.fitness, placeFitness(one.bits)) << "each has its own fitness";
        different.insert(one.bits);
    }
    EXPECT_EQ(different.size(), measured);

    ASSERT_EQ(search->population.size(), 25u);
    EXPECT_TRUE(std::ranges::is_sorted(search->population, std::ranges::greater{},
                                       &BitIndividual::fitness));
    ASSERT_EQ(search->best.size(), 9u);
    EXPECT_TRUE(std::ranges::is_sorted(search->best));
    EXPECT_GT(search->best.back(), search->best.front()) << "it finds better ones";
    EXPECT_EQ(search->population[0].fitness, search->best.back());
}

TEST(SearchBits, IsTheSameForTheSameSeed)
{
    const MixedNetwork network = mixedTiny();
    std::vector<BitConfig> best;
    for (int run = 0; run < 2; ++run) {
        Random random(7);
        const auto draws = *drawConfigs(network, network.budget(), random);
        best.push_back(
            searchBits(
                network, network.budget(), draws.configs,
                [](const BitConfig& bits) -> Result<double> { return placeFitness(bits); }, random)
                ->population[0]
                .bits);
    }
    EXPECT_EQ(best[0], best[1]);
}

TEST(SearchBits, AChildIsMeasuredOnceAndASmallSpaceRunsOut)
{
    const MixedNetwork network{{{"stem", 1, 0, true}, {"a", 10, 1}, {"b", 10, 2}}};
    Random random(1);
    const std::int64_t budget = 8 + 120; // of 8 bits one of the two
    int measured = 0;
    const auto search = searchBits(
        network, budget, std::vector<BitConfig>{{8, 4, 4}},
        [&](const BitConfig& bits) -> Result<double> {
            ++measured;
            return bits[1];
        },
        random);
    EXPECT_EQ(measured, 3);
    EXPECT_EQ(search->population[0].bits, (BitConfig{8, 8, 4}));
}

TEST(SearchBits, EndsWhenAskedOrWhenAMeasurementFails)
{
    const MixedNetwork network{{{"stem", 1, 0, true}, {"a", 10, 1}}};
    const std::vector<BitConfig> start = {{8, 4}};
    Random random(1);
    const BitFitness one = [](const BitConfig&) -> Result<double> { return 1; };
    EXPECT_EQ(searchBits(network, 100, start, one, random, {},
                         [](std::size_t, std::size_t) { return false; })
                  .error()
                  .kind,
              ErrorKind::cancelled);
    EXPECT_EQ(searchBits(
                  network, 100, start,
                  [](const BitConfig&) -> Result<double> { return failure("no picture"); }, random)
                  .error()
                  .message,
              "no picture");
    EXPECT_FALSE(searchBits(network, 100, {}, one, random));
    EXPECT_FALSE(searchBits(network, 40, start, one, random)) << "it begins beyond the budget";
}

} // namespace
} // namespace vitrine::quant
