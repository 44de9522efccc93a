#include "core/quant/vision/bit_draws.h"

#include "core/model/network/named_networks.h"

#include <gtest/gtest.h>

#include <set>

namespace vitrine::quant
{
namespace
{

TEST(DrawConfigs, GivesDifferentOnesWithinTheBudget)
{
    const MixedNetwork network = mixedNetwork(model::layerTable(*model::namedNetwork("deit-tiny")));
    Random random(1);
    const BitDraws draws = *drawConfigs(network, network.budget(), random);
    ASSERT_EQ(draws.configs.size(), 51u);
    EXPECT_EQ(std::set<BitConfig>(draws.configs.begin(), draws.configs.end()).size(), 51u);
    std::set<int> heads;
    for (const BitConfig& bits : draws.configs) {
        EXPECT_TRUE(network.isValid(bits));
        EXPECT_LE(network.cost(bits), network.budget());
        EXPECT_EQ(bits[0], 8);
        for (std::size_t i = 1; i + 1 < bits.size(); i += 2)
            EXPECT_EQ(bits[i], bits[i + 1]) << "tied";
        heads.insert(bits.back());
    }
    EXPECT_EQ(heads, (std::set<int>{4, 8}));
}

TEST(DrawConfigs, GivesAllWhereThereAreFewer)
{
    // Beside the fixed stem one of three equal layers may have 8 bits, or none.
    const MixedNetwork network{
        {{"stem", 10, 0, true}, {"a", 100, 1}, {"b", 100, 2}, {"c", 100, 3}}};
    Random random(1);
    const BitDraws draws = *drawConfigs(network, 80 + 1200 + 400, random);
    EXPECT_EQ(draws.possible, 4);
    EXPECT_EQ(draws.configs.size(), 4u);
    EXPECT_FALSE(drawConfigs(network, network.budget(1.0), random))
        << "the stem alone breaks a budget of 4 bits";
}

} // namespace
} // namespace vitrine::quant
