#include "core/base/format.h"
#include "core/base/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace vitrine
{
namespace
{

TEST(Shortest, ReadsBackAsTheSameDouble)
{
    Random random(1);
    for (int i = 0; i < 10'000; ++i) {
        const double value = std::bit_cast<double>(random.bits());
        if (std::isfinite(value)) {
            EXPECT_EQ(parseReal(shortest(value)), value);
        }
    }
    EXPECT_EQ(shortest(0.1), "0.1");
    EXPECT_EQ(shortest(std::nan("")), "null");
    EXPECT_EQ(shortest(std::numeric_limits<double>::infinity()), "null");
}

TEST(Significant, IsForPeople)
{
    EXPECT_EQ(significant(0.41268), "0.4127");
    EXPECT_EQ(significant(12345.6), "12,346");
    EXPECT_EQ(significant(1234567), "1,234,567");
    EXPECT_EQ(significant(-1234), "−1,234");
    EXPECT_EQ(significant(0.5), "0.5");
    EXPECT_EQ(significant(0), "0");
    EXPECT_EQ(significant(1.2e-7), "1.2e−07");
    EXPECT_EQ(significant(std::nan("")), "–");
}

TEST(Texts, OfSizesAndDurations)
{
    EXPECT_EQ(bytesText(17), "17 B");
    EXPECT_EQ(bytesText(14 * 1024 * 1024), "14.0 MiB");
    EXPECT_EQ(durationText(0.0125), "12 ms");
    EXPECT_EQ(durationText(1.94), "1.9 s");
    EXPECT_EQ(durationText(59.99), "1 min 0 s");
    EXPECT_EQ(durationText(200), "3 min 20 s");
    EXPECT_EQ(durationText(7260), "2 h 1 min");
}

TEST(Utc, IsIso8601WithMilliseconds)
{
    const auto time =
        std::chrono::system_clock::time_point(std::chrono::milliseconds(1'714'564'800'007));

    EXPECT_EQ(utc(time), "2024-05-01T12:00:00.007Z");
}

TEST(ParseNumbers, TakesTheWholeTextOrNothing)
{
    EXPECT_EQ(parseInteger("-12"), -12);
    EXPECT_EQ(parseInteger("+3"), 3);
    EXPECT_FALSE(parseInteger("12 "));
    EXPECT_FALSE(parseInteger("1e3"));
    EXPECT_FALSE(parseInteger("99999999999999999999"));
    EXPECT_EQ(parseReal("1e3"), 1000.0);
    EXPECT_FALSE(parseReal("0,5"));
    EXPECT_FALSE(parseReal(""));
}

} // namespace
} // namespace vitrine
