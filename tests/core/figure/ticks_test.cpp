#include "core/figure/ticks.h"

#include <gmock/gmock.h>

namespace vitrine::figure
{
namespace
{

using testing::ElementsAre;

std::vector<std::string> labels(const Axis& axis, Range range, int most)
{
    std::vector<std::string> names;
    for (const Axis::Tick& tick : chooseTicks(axis, range, most).major)
        names.push_back(tick.label);
    return names;
}

const Axis kLog{.scale = Scale::logarithmic};

TEST(Ticks, AreRoundNumbersWithEquallyManyDecimals)
{
    EXPECT_THAT(labels({}, {0, 1}, 5), ElementsAre("0", "0.2", "0.4", "0.6", "0.8", "1.0"));
    EXPECT_THAT(labels({}, {-1, 1}, 4), ElementsAre("−1.0", "−0.5", "0", "0.5", "1.0"));
    EXPECT_THAT(labels({}, {0, 20000}, 4), ElementsAre("0", "5,000", "10,000", "15,000", "20,000"));
    EXPECT_THAT(labels({}, {0, 2e-6}, 4),
                ElementsAre("0", "0.5·10⁻⁶", "1.0·10⁻⁶", "1.5·10⁻⁶", "2.0·10⁻⁶"));
}

TEST(Ticks, OfManyDecadesArePowersOfTen)
{
    EXPECT_THAT(labels(kLog, {1e-5, 1}, 6),
                ElementsAre("10⁻⁵", "10⁻⁴", "10⁻³", "0.01", "0.1", "1"));
    EXPECT_THAT(labels(kLog, {1e-6, 1}, 3), ElementsAre("10⁻⁶", "10⁻³", "1"));
    EXPECT_FALSE(chooseTicks(kLog, {1e-5, 1}, 6).minor.empty());
}

TEST(Ticks, OfFewDecadesAreOneTwoFive)
{
    EXPECT_THAT(labels(kLog, {1.5, 60}, 6), ElementsAre("2", "5", "10", "20", "50"));
}

TEST(Ticks, ThinOutNamesByRoundStridesFromTheFirst)
{
    Axis axis;
    for (int i = 0; i < 30; ++i)
        axis.ticks.push_back({static_cast<double>(i), std::to_string(i)});

    EXPECT_THAT(labels(axis, {-0.5, 29.5}, 6), ElementsAre("0", "5", "10", "15", "20", "25"));
    EXPECT_THAT(labels(axis, {3.5, 6.5}, 6), ElementsAre("4", "5", "6"));
    EXPECT_EQ(labels(axis, {-0.5, 29.5}, 30).size(), 30u);
}

TEST(Ticks, NeverMoreThanAboutAskedFor)
{
    for (const Range range : {Range{0, 1}, {0.1, 0.37}, {-7e5, 3e6}, {1e-9, 1.1e-9}})
        for (int most = 2; most < 12; ++most) {
            EXPECT_LE(labels({}, range, most).size(), static_cast<std::size_t>(most * 5 / 4 + 2));
            EXPECT_GE(labels({}, range, most).size(), 1u);
        }
}

TEST(Ticks, AreNoneWhereTheRangeIsNone)
{
    EXPECT_TRUE(chooseTicks({}, {1, 1}, 5).major.empty());
    EXPECT_TRUE(chooseTicks(kLog, {-1, 1}, 5).major.empty());
}

TEST(Ticks, EndWhereAStepCannotMoveALargeNumber)
{
    const Axis axis;

    for (const Range range : {Range{1e18, 1e18 + 256}, Range{1e300, 1.0000000000000002e300},
                              Range{0, 5e-324}, Range{-1e308, 1e308}})
        EXPECT_LE(chooseTicks(axis, range, 6).major.size(), 13u) << range.low << " " << range.high;
}

TEST(AxisTitle, HasItsUnitInBrackets)
{
    EXPECT_EQ(axisTitle({.label = "size", .unit = "MiB"}), "size (MiB)");
    EXPECT_EQ(axisTitle({.label = "mass", .unit = "1"}), "mass");
    EXPECT_EQ(axisTitle({.unit = "s"}), "(s)");
}

} // namespace
} // namespace vitrine::figure
