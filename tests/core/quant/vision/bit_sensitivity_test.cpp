#include "core/quant/vision/bit_sensitivity.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(ScaledTraces, AreMagnitudesBetween0And1OfEachBatchAveraged)
{
    const std::vector<std::vector<double>> batches = {{1, -3, 2}, {10, 10, 30}};
    EXPECT_EQ(scaledTraces(batches), (std::vector<double>{0, 0.5, 0.75}));
    EXPECT_EQ(scaledTraces(std::vector<std::vector<double>>{{2, -2}}), (std::vector<double>{1, 1}));
}

TEST(Omega, TakesTheDistanceOfTheBitsThatALayerHas)
{
    const MixedNetwork network{{{"stem", 10, 0, true}, {"a", 1, 1}, {"b", 1, 2}}};
    const std::vector<LayerSensitivity> layers = {{}, {0.5, {4, 1}}, {1, {0.5, 0.25}}};
    EXPECT_EQ(omega(network, layers, {8, 4, 4}), 2.5);
    EXPECT_EQ(omega(network, layers, {8, 8, 4}), 1);
    EXPECT_EQ(omega(network, layers, {8, 4, 8}), 2.25);

    std::vector<BitConfig> configs = {{8, 4, 4}, {8, 8, 4}, {8, 4, 8}};
    sortByOmega(network, layers, configs);
    EXPECT_EQ(configs, (std::vector<BitConfig>{{8, 8, 4}, {8, 4, 8}, {8, 4, 4}}));
}

TEST(WeightDistance, IsTheMeanSquare)
{
    EXPECT_EQ(weightDistance(std::vector{1.0, 2.0}, std::vector{1.0, 1.0}), 0.5);
}

} // namespace
} // namespace vitrine::quant
