#include "core/quant/vision/hard_swish.h"

#include "tests/core/quant/vision/outlier_maps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

using testing::HasSubstr;
using tests::hardSwish;

TEST(HardSwish, WorkedByHand)
{
    // 1 * 4 / 6 with 4 digits: 256 * (4 * 10923 / 2^16 = 0.666687) = 170.67
    EXPECT_EQ(wholeHardSwish(16, 4), 171);
    EXPECT_EQ(wholeHardSwish(-48, 4), 0);
    EXPECT_EQ(wholeHardSwish(-1000, 4), 0);
    EXPECT_EQ(wholeHardSwish(-24, 4), -96) << "the lowest point, -0.375";
    // Above 3 the gate is 6: 10 * (65538 / 65536)
    EXPECT_EQ(wholeHardSwish(160, 4), 2560);
}

// All inputs of 16 bits.
TEST(HardSwish, IsNearlyTheFunctionAndTheSameInDoubles)
{
    for (const int fraction : {0, 4, 8, 11, 13})
        for (std::int64_t x = -32767; x <= 32767; ++x) {
            const std::int64_t y = wholeHardSwish(x, fraction);
            ASSERT_EQ(static_cast<double>(y),
                      wholeHardSwishInDoubles(static_cast<double>(x), fraction));
            const double exact = hardSwish(std::ldexp(static_cast<double>(x), -fraction));
            ASSERT_LE(std::abs(std::ldexp(static_cast<double>(y), -2 * fraction) - exact),
                      std::ldexp(std::abs(exact), -15) + std::ldexp(1.0, -2 * fraction - 1) + 1e-12)
                << x << " with " << fraction;
        }
}

TEST(HardSwish, SixteenBitsHoldTheRange)
{
    EXPECT_EQ(*fractionOf(3.9), 13);
    EXPECT_EQ(*fractionOf(4), 12);
    EXPECT_EQ(*fractionOf(100), 8);
    EXPECT_EQ(*fractionOf(32767), 0);
    EXPECT_THAT(fractionOf(40000).error().message, HasSubstr("40000"));
    EXPECT_FALSE(fractionOf(std::nan("")));
}

// Migration's and shifting's place in the producing layer.
TEST(HardSwish, TheUnitDividesByFactorsAndCentres)
{
    const CodeGrid output{.bits = 8, .isSigned = false, .scale = 0.05, .zero = 30};
    const std::vector<double> factors{0.1, 1, 1.081081, 64}, centres{0.0, 2.5, -0.3, 7};
    const HardSwishUnit unit = *hardSwishUnit(11, output, factors, centres);

    double worst = 0; // steps from the exact answer, where that lies within the grid
    for (std::size_t channel = 0; channel < factors.size(); ++channel)
        for (std::int64_t x = -32767; x <= 32767; x += 3) {
            const std::int64_t code = unit.code(x, channel);
            ASSERT_EQ(static_cast<double>(code),
                      unit.codeInDoubles(static_cast<double>(x), channel));
            const double exact =
                (hardSwish(std::ldexp(static_cast<double>(x), -11)) - centres[channel]) /
                    factors[channel] / output.scale +
                30;
            worst = std::max(worst,
                             std::abs(static_cast<double>(code) - std::clamp(exact, 0.0, 255.0)));
        }
    // Half a step, and of values up to 16 a share of 2^-15 where steps are 0.005: 0.1 of them.
    EXPECT_LE(worst, 0.6);
    EXPECT_GT(worst, 0.49);
}

TEST(HardSwish, WhatTheUnitCannotDoIsRefused)
{
    const std::vector<double> one{1}, huge{1e12}, none{0};
    EXPECT_THAT(hardSwishUnit(8, {.scale = 1e-20}, one, none).error().message,
                HasSubstr("channel 0: a requantizer"));
    EXPECT_THAT(hardSwishUnit(13, {.scale = 0.01}, one, huge).error().message, HasSubstr("centre"));
}

TEST(HardSwish, ATableIsRightToHalfAStepOfItsOutput)
{
    const CodeGrid input{.bits = 8, .isSigned = false, .scale = 0.04, .zero = 100};
    const CodeGrid output{.bits = 8, .isSigned = false, .scale = 0.03, .zero = 12};

    const auto table = hardSwishTable(input, output, 2, 0.25);

    ASSERT_EQ(table.size(), 256u);
    for (std::int64_t code = 0; code < 256; ++code) {
        const double exact = (hardSwish(input.value(code)) - 0.25) / 2;
        ASSERT_LE(std::abs(output.value(table[static_cast<std::size_t>(code)]) - exact),
                  0.015 + 1e-12);
    }
    EXPECT_EQ(hardSwishTable({.bits = 4, .scale = 1}, {.scale = 1}),
              (std::vector<std::int32_t>{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7}))
        << "the signed codes, from the lowest on";
}

} // namespace
} // namespace vitrine::quant
