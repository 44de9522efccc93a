#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/requantizer.h"

#include <gtest/gtest.h>

#include <random>

namespace vitrine::quant
{
namespace
{

TEST(Rounding, TakesHalvesUpOrToTheEvenNeighbour)
{
    EXPECT_EQ(rounded(0.5, Rounding::halfUp), 1);
    EXPECT_EQ(rounded(-0.5, Rounding::halfUp), 0);
    EXPECT_EQ(rounded(-1.5, Rounding::halfUp), -1);
    EXPECT_EQ(rounded(0.5, Rounding::halfEven), 0);
    EXPECT_EQ(rounded(1.5, Rounding::halfEven), 2);
    EXPECT_TRUE(isRoundedDifferently(0.5));
    EXPECT_FALSE(isRoundedDifferently(1.5));
    EXPECT_FALSE(isRoundedDifferently(0.75));
    // The largest number below a half must not be carried over it by the addition of 0.5.
    EXPECT_EQ(rounded(0.49999999999999994, Rounding::halfUp), 0);
}

// P²-ViT's worked values: shift 5 on 8 bits, a shift to the left, and an end that is met.
TEST(Requantizer, ShiftsAsThePaperDoes)
{
    const auto by5 = [](std::int64_t sum) { return requantized(sum, {1, 5}, -128, 127); };
    EXPECT_EQ(by5(1000), 31);
    EXPECT_EQ(by5(-1000), -31);
    EXPECT_EQ(by5(16), 1);
    EXPECT_EQ(by5(-16), 0);
    EXPECT_EQ(by5(48), 2);
    EXPECT_EQ(by5(-48), -1);
    EXPECT_EQ(requantized(3, {1, -4}, -128, 127), 48);
    EXPECT_EQ(requantized(123456, {1, 9}, -128, 127), 127);
}

TEST(Requantizer, AShiftIsThePowerOfTwoItStandsFor)
{
    EXPECT_EQ(shiftRequantizer(0.25), (Requantizer{1, 2}));
    EXPECT_EQ(shiftRequantizer(1), (Requantizer{1, 0}));
    EXPECT_EQ(shiftRequantizer(8), (Requantizer{1, -3}));
}

TEST(Requantizer, AMultiplierOf31BitsIsTheFactorToNineDigits)
{
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> exponents(-31, 0);
    for (int i = 0; i < 10000; ++i) {
        const double factor = std::exp2(exponents(random));
        const Requantizer by = multiplyRequantizer(factor);
        ASSERT_GE(by.multiplier, std::int64_t{1} << 30);
        ASSERT_LT(by.multiplier, std::int64_t{1} << 31);
        ASSERT_NEAR(by.factor() / factor, 1, std::ldexp(1.0, -31));
    }
}

// Whole numbers and doubles are two programs for one thing.
TEST(Requantizer, DoublesGiveTheSameAsWholeNumbers)
{
    std::mt19937_64 random(2);
    std::uniform_int_distribution<std::int64_t> sums(-(std::int64_t{1} << 31) + 1,
                                                     (std::int64_t{1} << 31) - 1);
    std::uniform_real_distribution<double> exponents(-31, 0);
    std::uniform_int_distribution<int> shifts(0, 24), sizes(0, 30);
    for (int i = 0; i < 200000; ++i) {
        const std::int64_t sum = sums(random) >> sizes(random);
        const Requantizer all[] = {{1, shifts(random)},
                                   multiplyRequantizer(std::exp2(exponents(random)))};
        for (const Requantizer by : all)
            ASSERT_EQ(static_cast<double>(requantized(sum, by)),
                      requantizedInDoubles(static_cast<double>(sum), by, Rounding::halfUp))
                << sum << " * " << by.multiplier << " >> " << by.shift;
    }
}

TEST(Requantizer, DoublesSeeWhatASingleProductWouldLose)
{
    // Sums and multiplier of 31 bits: the product has 62, more than a double holds.
    const Requantizer by{(std::int64_t{1} << 31) - 1, 32};
    for (std::int64_t sum = (std::int64_t{1} << 31) - 1; sum > (std::int64_t{1} << 31) - 2000;
         --sum)
        ASSERT_EQ(static_cast<double>(requantized(sum, by)),
                  requantizedInDoubles(static_cast<double>(sum), by, Rounding::halfUp));
}

TEST(Requantizer, HalvesGoToTheEvenNeighbourWhereAsked)
{
    EXPECT_EQ(requantizedInDoubles(16, {1, 5}, Rounding::halfEven), 0);
    EXPECT_EQ(requantizedInDoubles(48, {1, 5}, Rounding::halfEven), 2);
    EXPECT_EQ(requantizedInDoubles(16, {1, 5}, Rounding::halfUp), 1);
}

TEST(CodeGrid, GivesTheNearestCodeWithinItsEnds)
{
    const CodeGrid grid{.bits = 4, .isSigned = true, .scale = 0.5};
    EXPECT_EQ(grid.low(), -8);
    EXPECT_EQ(grid.high(), 7);
    EXPECT_EQ(grid.code(0.25, Rounding::halfUp), 1);
    EXPECT_EQ(grid.code(0.25, Rounding::halfEven), 0);
    EXPECT_EQ(grid.code(100, Rounding::halfUp), 7);
    EXPECT_EQ(grid.nearest(-100, Rounding::halfUp), -4);
    const CodeGrid unsignedOne{.bits = 8, .isSigned = false, .scale = 2, .zero = 10};
    EXPECT_EQ(unsignedOne.code(-20, Rounding::halfUp), 0);
    EXPECT_EQ(unsignedOne.value(12), 4);
}

TEST(CodeGrid, ChannelsHaveTheirFactors)
{
    const CodeGrid grid{.scale = 0.25, .shifts = {0, 3}};
    EXPECT_EQ(grid.code(4, Rounding::halfUp, 0), 16);
    EXPECT_EQ(grid.code(4, Rounding::halfUp, 1), 2);
    EXPECT_EQ(grid.value(2, 1), 4);
}

} // namespace
} // namespace vitrine::quant
