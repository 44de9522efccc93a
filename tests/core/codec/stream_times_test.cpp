#include "core/codec/stream_times.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::codec
{
namespace
{

using video::Rate;

// Times of the frames `places` of a clip of this rate, rounded to the unit, from `start` on.
std::vector<std::int64_t> timesAt(const std::vector<int>& places, Rate rate, AVRational unit,
                                  std::int64_t start = 0)
{
    std::vector<std::int64_t> times;
    for (const int slot : places)
        times.push_back(start + std::llround(slot / rate.perSecond() / av_q2d(unit)));
    return times;
}

std::vector<int> firstSlots(int count)
{
    std::vector<int> places;
    for (int i = 0; i < count; ++i)
        places.push_back(i);
    return places;
}

TEST(StreamTimes, TellTheRateWhateverTheContainerAverages)
{
    for (const Rate rate : {Rate{24, 1}, Rate{24000, 1001}, Rate{25, 1}, Rate{30000, 1001},
                            Rate{30, 1}, Rate{50, 1}, Rate{60000, 1001}, Rate{60, 1}})
        for (const AVRational unit :
             {AVRational{1, 1000}, AVRational{1, 90000}, AVRational{1, 16000}}) {
            const auto times = timesAt(firstSlots(60), rate, unit, 126000);
            const StreamTimes told = timesOf(times, unit, {{2442, 100}, {0, 0}});
            EXPECT_EQ(told.rate, rate) << unit.den;
            EXPECT_TRUE(told.places.empty());
            EXPECT_FALSE(told.isIrregular);
        }
}

TEST(StreamTimes, LeaveARateThatFitsAsItIsSaid)
{
    const AVRational unit{1, 2997};
    const StreamTimes told =
        timesOf(timesAt(firstSlots(40), {2997, 100}, unit), unit, {{2997, 100}});
    EXPECT_EQ(told.rate, (Rate{2997, 100}));
    // Units of one frame, as AVI has them.
    EXPECT_EQ(timesOf({0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {100, 2997}, {{2997, 100}}).rate,
              (Rate{2997, 100}));
}

TEST(StreamTimes, SeeHoles)
{
    const std::vector<int> places = {0, 1, 2, 3, 6, 7, 8, 10, 11, 12};
    for (const AVRational unit : {AVRational{1, 1000}, AVRational{1, 25}}) {
        const StreamTimes told = timesOf(timesAt(places, {25, 1}, unit), unit, {{25, 1}});
        EXPECT_EQ(told.rate, (Rate{25, 1}));
        EXPECT_EQ(told.places, std::vector<std::int64_t>(places.begin(), places.end()));
    }
}

TEST(StreamTimes, SayWhereTheyAreOnNoGrid)
{
    const StreamTimes told =
        timesOf({0, 40, 95, 120, 171, 203, 260, 277, 330, 361}, {1, 1000}, {{90, 1}});
    EXPECT_TRUE(told.isIrregular);
    EXPECT_NEAR(told.rate.perSecond(), 9 / 0.361, 1e-9); // 90 is another stream's
    EXPECT_NEAR(told.shortest, 0.017, 1e-9);
    EXPECT_NEAR(told.longest, 0.057, 1e-9);
    // An hour's gap is no hole of 90,000 frames.
    EXPECT_TRUE(timesOf({0, 40, 80, 3'600'000, 3'600'040}, {1, 1000}, {{25, 1}}).places.empty());
}

TEST(StreamTimes, TakeWhatIsSaidWhereTimesTellNothing)
{
    EXPECT_EQ(timesOf({}, {1, 1000}, {{0, 1}, {25, 1}}).rate, (Rate{25, 1}));
    EXPECT_EQ(timesOf({7}, {1, 1000}, {{30, 1}}).rate, (Rate{30, 1}));
    EXPECT_EQ(timesOf({AV_NOPTS_VALUE, AV_NOPTS_VALUE}, {1, 1000}, {{30, 1}}).rate, (Rate{30, 1}));
    EXPECT_EQ(timesOf({0, 40}, {0, 1}, {}).rate, Rate{});
    EXPECT_EQ(timesOf({5, 5, 5}, {1, 1000}, {{25, 1}}).rate, (Rate{25, 1}));
}

} // namespace
} // namespace vitrine::codec
