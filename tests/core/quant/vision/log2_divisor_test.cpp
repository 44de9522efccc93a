#include "core/quant/vision/log2_divisor.h"

#include "core/base/random.h"
#include "core/quant/vision/rounding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace vitrine::quant
{
namespace
{

using testing::ElementsAre;

constexpr Log2Rule kRules[] = {Log2Rule::geometric, Log2Rule::arithmetic};

TEST(Log2Divisor, HardwareTakesTheLeadingOneAndTheBitBelow)
{
    EXPECT_EQ(log2Divisor(std::int64_t{0b01100011}, Log2Rule::arithmetic), 7);
    EXPECT_EQ(log2Divisor(std::int64_t{1}, Log2Rule::arithmetic), 0);
    EXPECT_EQ(log2Divisor(std::int64_t{2}, Log2Rule::arithmetic), 1);
    EXPECT_EQ(log2Divisor(std::int64_t{3}, Log2Rule::arithmetic), 2);
    EXPECT_EQ(log2Divisor(std::int64_t{255}, Log2Rule::arithmetic), 8);
}

// Invariant 6.
TEST(Log2Divisor, TheRulesDifferOnEighteenOfTheEightBitNumbers)
{
    std::vector<int> differing;
    for (int d = 1; d < 256; ++d)
        if (log2Divisor(std::int64_t{d}, Log2Rule::geometric) !=
            log2Divisor(std::int64_t{d}, Log2Rule::arithmetic))
            differing.push_back(d);

    EXPECT_THAT(differing, ElementsAre(23, 46, 47, 91, 92, 93, 94, 95, 182, 183, 184, 185, 186, 187,
                                       188, 189, 190, 191));
}

// Whole numbers and doubles are two programs for one thing.
TEST(Log2Divisor, WholeNumbersAndDoublesAgree)
{
    for (const Log2Rule rule : kRules)
        for (std::int64_t d = 1; d < 5000; ++d)
            ASSERT_EQ(log2Divisor(d, rule), log2Divisor(static_cast<double>(d), rule)) << d;
}

TEST(Log2Divisor, SoftwareIsTheFormulaOfTheReleasedCode)
{
    Random random(1);
    for (int i = 0; i < 20000; ++i) {
        const double d = std::exp2(24 * random.uniform() - 12);
        double y = std::floor(std::log2(d));
        if (d / std::exp2(y) > std::exp2(y + 1) / d)
            y += 1;
        ASSERT_EQ(log2Divisor(d, Log2Rule::geometric), std::clamp(y, -6.0, 9.0)) << d;
    }
}

// Invariant 5: codes, ratios and the division.
TEST(Log2Divisor, IsOneOfSixteenPowers)
{
    for (const Log2Rule rule : kRules) {
        EXPECT_EQ(log2Divisor(1e-300, rule), -6);
        EXPECT_EQ(log2Divisor(1e300, rule), 9);
        EXPECT_EQ(log2Divisor(std::int64_t{1} << 40, rule), 9);
        EXPECT_EQ(log2Divisor(1023.0, rule), 9) << "it would be 10";
    }
}

TEST(Log2Divisor, RatiosStayWithinTheirBounds)
{
    const auto worst = [](Log2Rule rule) {
        double ratio = 1;
        for (double d = std::exp2(-6); d < 512; d *= 1.0003)
            ratio = std::max(ratio, d / std::exp2(log2Divisor(d, rule)));
        return ratio;
    };
    EXPECT_LE(worst(Log2Rule::geometric), 1.41422);
    EXPECT_GT(worst(Log2Rule::geometric), 1.413);
    EXPECT_LE(worst(Log2Rule::arithmetic), 1.5);
    EXPECT_GT(worst(Log2Rule::arithmetic), 1.499);
    for (double d = std::exp2(-6); d < 512; d *= 1.0003) {
        ASSERT_GE(d / std::exp2(log2Divisor(d, Log2Rule::geometric)), std::sqrt(0.5) - 1e-12);
        ASSERT_GE(d / std::exp2(log2Divisor(d, Log2Rule::arithmetic)), 0.75);
    }
}

TEST(Log2Divisor, ADivisionIsAShift)
{
    for (const Log2Rule rule : kRules)
        for (std::int64_t d = 1; d < 256; ++d)
            for (std::int64_t n = -300; n <= 300; n += 7) {
                const auto dividend = static_cast<double>(n), divisor = static_cast<double>(d);
                const double quotient = dividedByLog2(dividend, divisor, rule);
                ASSERT_EQ(quotient, dividend / std::exp2(log2Divisor(d, rule)));
                ASSERT_EQ(std::ldexp(quotient, 9),
                          static_cast<double>(dividedByLog2(n, d, rule, 9)))
                    << "exact with nine digits behind the point";
                ASSERT_EQ(rounded(std::ldexp(quotient, 2), Rounding::halfUp),
                          static_cast<double>(dividedByLog2(n, d, rule, 2)));
            }
}

// Divisors below 1 shift to the left.
TEST(Log2Divisor, MultipliesBySmallDivisorsInverse)
{
    EXPECT_EQ(dividedByLog2(3.0, 0.02, Log2Rule::geometric), 3 * 64);
    EXPECT_EQ(dividedByLog2(-5.0, 0.25, Log2Rule::arithmetic), -20);
}

TEST(Log2Divisor, ZeroGivesZero)
{
    EXPECT_EQ(dividedByLog2(7.0, 0.0, Log2Rule::geometric), 0);
    EXPECT_EQ(dividedByLog2(std::int64_t{7}, std::int64_t{0}, Log2Rule::arithmetic, 4), 0);
}

} // namespace
} // namespace vitrine::quant
