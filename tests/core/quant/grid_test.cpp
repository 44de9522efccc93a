#include "core/quant/grid.h"

#include "core/base/random.h"
#include "core/tensor/tensor_view.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

TEST(Grid, SymmetricStepsReachTheLargestMagnitude)
{
    const std::vector<double> weights = {-0.7, 0.2, 0.1};
    const Grid grid = fitGrid(weights, 3, true);
    EXPECT_EQ(grid.zero, 4);
    EXPECT_NEAR(grid.step, 1.4f / 7, 1e-4f);
    EXPECT_EQ(grid.value(grid.index(0.0)), 0.0f);
    EXPECT_EQ(grid.index(-5.0), 0);
    EXPECT_EQ(grid.index(5.0), 7);
}

TEST(Grid, ZeroPointSpreadsStepsFromLeastToMost)
{
    const std::vector<double> weights = {-0.25, 0.5, 0.75};
    const Grid grid = fitGrid(weights, 2, false); // step 1/3, zero 1
    EXPECT_EQ(grid.zero, 1);
    EXPECT_EQ(grid.index(-0.25), 0);
    EXPECT_EQ(grid.index(0.75), 3);
    EXPECT_EQ(grid.value(1), 0.0f);

    const Grid positive = fitGrid(std::vector<double>{0.5, 1.0}, 1, false);
    EXPECT_EQ(positive.zero, 0);
    EXPECT_EQ(positive.value(1), 1.0f);
}

TEST(Grid, WeightsOfZeroStayZero)
{
    for (const bool isSymmetric : {true, false}) {
        const Grid grid = fitGrid(std::vector<double>(4, 0.0), 4, isSymmetric);
        EXPECT_EQ(grid.value(grid.index(0.0)), 0.0f);
    }
}

TEST(Grid, NearestIsThatOfAllSearched)
{
    Random random(4);
    for (int i = 0; i < 200; ++i) {
        std::vector<double> weights(16);
        for (double& weight : weights)
            weight = random.normal();
        for (const int bits : {2, 3, 8})
            for (const bool isSymmetric : {true, false}) {
                const Grid grid = fitGrid(weights, bits, isSymmetric);
                EXPECT_EQ(fromHalf(toHalf(grid.step)), grid.step);
                for (const double weight : weights) {
                    double least = INFINITY;
                    for (int index = 0; index < 1 << bits; ++index)
                        least = std::min(least,
                                         std::abs(weight - static_cast<double>(grid.value(index))));
                    const double found =
                        std::abs(weight - static_cast<double>(grid.value(grid.index(weight))));
                    ASSERT_NEAR(found, least, 1e-12);
                }
            }
    }
}

} // namespace
} // namespace vitrine::quant
