#include "core/quant/vision/mixed_layers.h"

#include "core/model/network/named_networks.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

MixedNetwork mixedDeit(const char* name)
{
    return mixedNetwork(model::layerTable(*model::namedNetwork(name)));
}

TEST(MixedNetwork, CostsOfDeitAreThoseOfThePaper)
{
    struct Known {
        const char* name;
        std::int64_t macs;
        double least, budget;
    };
    for (const Known& known : {Known{"deit-tiny", 1'074'851'328, 4.2994e9, 4.72935e9},
                               Known{"deit-small", 4'241'218'560, 1.69649e10, 1.86614e10},
                               Known{"deit-base", 16'848'500'736, 6.73940e10, 7.41334e10}}) {
        const MixedNetwork network = mixedDeit(known.name);
        ASSERT_EQ(network.layers.size(), 50u);
        EXPECT_EQ(network.macs(), known.macs);
        EXPECT_EQ(network.cost(BitConfig(50, 4)), 4 * known.macs);
        EXPECT_NEAR(static_cast<double>(network.cost(BitConfig(50, 4))) / known.least, 1, 1e-5);
        EXPECT_NEAR(static_cast<double>(network.budget()) / known.budget, 1, 1e-5);
    }
}

TEST(MixedNetwork, LayersOfOnePartAreTiedAndTheStemIsFixed)
{
    const MixedNetwork network = mixedDeit("deit-tiny");
    const auto& layers = network.layers;
    EXPECT_EQ(layers[0].name, "patch_embed.proj");
    EXPECT_TRUE(layers[0].isFixed);
    EXPECT_EQ(layers[1].name, "blocks.0.attn.qkv");
    EXPECT_EQ(layers[1].tie, layers[2].tie);
    EXPECT_EQ(layers[3].tie, layers[4].tie);
    EXPECT_NE(layers[2].tie, layers[3].tie);
    EXPECT_NE(layers[2].tie, layers[6].tie) << "of another block";
    EXPECT_EQ(layers[49].name, "head");
    EXPECT_FALSE(layers[49].isFixed);

    BitConfig bits(50, 4);
    EXPECT_FALSE(network.isValid(bits));
    bits[0] = 8;
    EXPECT_TRUE(network.isValid(bits));
    bits[1] = 6;
    EXPECT_FALSE(network.isValid(bits));
    EXPECT_FALSE(network.isValid({8}));
}

} // namespace
} // namespace vitrine::quant
