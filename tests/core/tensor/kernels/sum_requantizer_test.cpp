#include "core/tensor/kernels/sum_requantizer.h"

#include <gtest/gtest.h>

namespace vitrine::kernels
{
namespace
{

TEST(RequantizedSum, RoundsHalfUpAsAShifterDoes)
{
    // The anchors of P²-ViT's shifts.
    const CodeRange bytes;
    EXPECT_EQ(requantizedSum(1000, {1, 5}, bytes), 31);
    EXPECT_EQ(requantizedSum(-1000, {1, 5}, bytes), -31);
    EXPECT_EQ(requantizedSum(16, {1, 5}, bytes), 1);
    EXPECT_EQ(requantizedSum(-16, {1, 5}, bytes), 0);
    EXPECT_EQ(requantizedSum(48, {1, 5}, bytes), 2);
    EXPECT_EQ(requantizedSum(-48, {1, 5}, bytes), -1);
    EXPECT_EQ(requantizedSum(3, {1, -4}, bytes), 48);
    EXPECT_EQ(requantizedSum(123456, {1, 9}, bytes), 127);
}

TEST(RequantizedSum, KeepsToTheEndsHoweverFarItIsShifted)
{
    EXPECT_EQ(requantizedSum(1, {1, -31}, {-128, 127}), 127);
    EXPECT_EQ(requantizedSum(-2147483647, {2147483647, -31}, {-7, 9}), -7);
    EXPECT_EQ(requantizedSum(0, {2147483647, -31}, {-7, 9}), 0);
    EXPECT_EQ(requantizedSum(-2147483647, {1, 62}, {-7, 9}), 0);
}

TEST(RequantizedSum, AddsTheCodeOf0)
{
    EXPECT_EQ(requantizedSum(1000, {1, 5}, {-128, 127, -100}), -69);
    EXPECT_EQ(requantizedSum(0, {1, -5}, {-128, 127, 30}), 30);
    EXPECT_EQ(requantizedSum(-1, {1, -31}, {-128, 127, 30}), -128);
}

TEST(SumRequantizer, RefusesWhatItCannotHold)
{
    const auto made = [](std::vector<SumFactor> factors, std::int64_t outputs, std::int64_t most,
                         CodeRange range) {
        return SumRequantizer::make(factors, outputs, most, range).has_value();
    };
    EXPECT_TRUE(made({{1, 5}}, 40, 1000, {}));
    EXPECT_FALSE(made({{1, 5}}, 40, std::int64_t{1} << 31, {}));
    EXPECT_FALSE(made({{1, 5}, {1, 6}}, 3, 1000, {}));
    EXPECT_FALSE(made({{0, 5}}, 1, 1000, {}));
    EXPECT_FALSE(made({{1, 63}}, 1, 1000, {}));
    EXPECT_FALSE(made({{std::int64_t{1} << 31, 31}}, 1, 1000, {}));
    EXPECT_FALSE(made({{1, 5}}, 1, 1000, {0, 40000}));
    EXPECT_FALSE(made({{1, 5}}, 1, 1000, {3, 2}));
    EXPECT_FALSE(made({{1, 5}}, 1, 1000, {-128, 127, 256}));
    EXPECT_TRUE(made({{1, 5}}, 1, 1000, {-128, 127, -128}));
}

} // namespace
} // namespace vitrine::kernels
