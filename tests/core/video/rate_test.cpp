#include "core/video/rate.h"

#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

TEST(Rate, ComesBackFromItsQuotient)
{
    for (const Rate rate :
         {Rate{25, 1}, Rate{30000, 1001}, Rate{24000, 1001}, Rate{25, 2}, Rate{2997, 100},
          Rate{1000, 41}, Rate{1, 3}, Rate{19001, 317}, Rate{90000, 3003}}) {
        const Rate back = rateOf(rate.perSecond());
        EXPECT_EQ(back.perSecond(), rate.perSecond());
        EXPECT_LE(back.denominator, rate.denominator);
    }
    EXPECT_EQ(rateOf(30000.0 / 1001), (Rate{30000, 1001}));
    EXPECT_EQ(rateOf(0), Rate{});
    EXPECT_EQ(rateOf(-1), Rate{});
    EXPECT_EQ(rateOf(1e300), Rate{});
}

TEST(Rate, IsReadAsPeopleWriteIt)
{
    EXPECT_EQ(parseRate("25"), (Rate{25, 1}));
    EXPECT_EQ(parseRate("29.97"), (Rate{30000, 1001}));
    EXPECT_EQ(parseRate("23.976"), (Rate{24000, 1001}));
    EXPECT_EQ(parseRate("24"), (Rate{24, 1}));
    EXPECT_EQ(parseRate("30000/1001"), (Rate{30000, 1001}));
    EXPECT_EQ(parseRate("12.5"), (Rate{25, 2}));
    for (const char* text : {"", "0", "-25", "abc", "1001", "25/0", "0/1", "nan", "inf", "25fps"})
        EXPECT_FALSE(parseRate(text)) << text;
}

} // namespace
} // namespace vitrine::video
