#include "core/quant/vision/grid_losses.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

TEST(GridLosses, AreMeanSquaresHoweverTheTensorArrives)
{
    Random random(4);
    std::vector<float> values(301);
    for (float& value : values)
        value = static_cast<float>(4 * random.normal());
    const std::vector<CodeGrid> grids = {
        {.bits = 4, .scale = 0.5}, {.bits = 8, .isSigned = false, .scale = 0.037, .zero = 90}};
    for (const auto rounding : {Rounding::halfEven, Rounding::halfUp}) {
        GridLosses losses(grids, rounding);
        losses.add(std::span<const float>(values).first(100));
        losses.add(std::span<const float>(values).subspan(100));
        ASSERT_EQ(losses.count(), 301);
        for (std::size_t i = 0; i < grids.size(); ++i) {
            double sum = 0;
            for (const float value : values)
                sum += std::pow(value - grids[i].nearest(value, rounding), 2);
            EXPECT_NEAR(losses.means()[i], sum / 301, 1e-12 * sum);
        }
    }
    EXPECT_EQ(GridLosses(std::vector<CodeGrid>{{}}).means(), std::vector<double>{0.0});
}

TEST(GridLosses, ANumberBeyondTheGridIsHeldAtItsEnd)
{
    const std::vector<double> end = {7.5};
    for (const auto rounding : {Rounding::halfEven, Rounding::halfUp}) {
        GridLosses losses(std::vector<CodeGrid>{{.bits = 4}}, rounding);
        losses.add(std::span<const double>(end));
        EXPECT_EQ(losses.means()[0], 0.25);
    }
}

} // namespace
} // namespace vitrine::quant
