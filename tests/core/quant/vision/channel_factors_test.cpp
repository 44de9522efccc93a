#include "core/quant/vision/channel_factors.h"

#include "core/base/random.h"
#include "core/quant/vision/grid_losses.h"
#include "tests/core/quant/vision/released_values.h"

#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

TEST(ChannelFactors, AWideChannelHasALargerFactor)
{
    // Channel 0 fills the range, channel 1 an eighth of it, channel 2 is 0.
    std::vector<double> rows;
    for (int i = -127; i <= 127; ++i)
        rows.insert(rows.end(), {i / 16.0, i / 128.0, 0});
    ChannelFactorSearch search(3, symmetricGrid({-127 / 16.0, 127 / 16.0}, 8));
    search.add(std::span<const double>(rows));
    const ChannelFactors factors = search.choose();

    EXPECT_EQ(factors.grid.scale, 1.0 / 128);
    EXPECT_EQ(factors.grid.shifts, (std::vector<std::uint8_t>{3, 0, 0}));
    EXPECT_EQ(factors.losses[0][3], 0);
    EXPECT_EQ(factors.losses[1][0], 0);
}

// One pass over pictures gives what two over the whole tensor would.
TEST(ChannelFactors, TheGlobalScaleIsTheAdaptiveOneOfTheWholeTensor)
{
    Random random(1);
    constexpr std::size_t kChannels = 5;
    std::vector<float> rows(kChannels * 200);
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i] = static_cast<float>(random.normal() * std::exp2(i % kChannels));
    const auto [low, high] = std::ranges::minmax(rows);
    const CodeGrid raw = symmetricGrid({low, high}, 8);

    ChannelFactorSearch search(kChannels, raw);
    search.add(std::span<const float>(rows).first(kChannels * 70));
    search.add(std::span<const float>(rows).subspan(kChannels * 70));
    const ChannelFactors factors = search.choose();

    GridLosses whole(candidateGrids(raw));
    whole.add(std::span<const float>(rows));
    const auto expected = choosePower(raw.scale, PowerRounding::adaptive, {}, whole.means());
    EXPECT_EQ(factors.global.exponents, expected.exponents);
    EXPECT_EQ(factors.global.scale, expected.scale);
    EXPECT_EQ(factors.grid.scale, expected.scale / 8);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(factors.global.losses[i], whole.means()[i], 1e-12 * whole.means()[i]);
    // Each channel's loss is that of its own numbers on its own grid; invariant 1.
    for (std::size_t channel = 0; channel < kChannels; ++channel) {
        EXPECT_TRUE(isPowerOfTwo(factors.grid.scaleOf(channel)));
        for (std::size_t k = 0; k < 4; ++k) {
            const CodeGrid grid{.scale = std::ldexp(factors.grid.scale, static_cast<int>(k))};
            double sum = 0;
            for (std::size_t i = channel; i < rows.size(); i += kChannels)
                sum += std::pow(rows[i] - grid.nearest(rows[i], Rounding::halfEven), 2);
            EXPECT_NEAR(factors.losses[channel][k], sum / 200, 1e-12 * sum);
            EXPECT_LE(factors.losses[channel][factors.grid.shifts[channel]],
                      factors.losses[channel][k]);
        }
    }
}

class ReleasedFactors : public Released
{
};

TEST_F(ReleasedFactors, FactorsAndValuesAreTheSame)
{
    const auto in = released().values("ptf.in"), scales = released().values("ptf.scale"),
               mask = released().values("ptf.mask"), out = released().values("ptf.out");
    const auto [low, high] = std::ranges::minmax(in);
    ChannelFactorSearch search(24, symmetricGrid({low, high}, 8), {.isGlobalPowerOfTwo = false});
    search.add(std::span<const float>(in));
    const ChannelFactors factors = search.choose();

    for (std::size_t channel = 0; channel < 24; ++channel) {
        EXPECT_EQ(std::exp2(factors.grid.shifts[channel]), mask[channel]);
        EXPECT_FLOAT_EQ(static_cast<float>(factors.grid.scaleOf(channel)), scales[channel]);
    }
    for (std::size_t i = 0; i < in.size(); ++i)
        ASSERT_NEAR(factors.grid.nearest(in[i], Rounding::halfEven, i % 24), out[i], 1e-6) << i;
}

} // namespace
} // namespace vitrine::quant
