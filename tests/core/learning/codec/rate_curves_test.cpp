#include "core/learning/nets/codec/rate_curves.h"

#include "core/video/bd.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace vitrine::learning::codec
{
namespace
{

using Points = std::vector<RatePoint>;

// UVG averages published with CompressAI, as in the tests of core/video/bd.h.
const Points kUvgX264 = {
    {3591.856, 34.1312}, {6685.886, 36.6480}, {13645.808, 38.9761}, {36306.748, 41.2202}};
const Points kUvgX265 = {
    {2402.075, 34.9182}, {5242.852, 37.4100}, {11316.149, 39.6110}, {31624.632, 41.6608}};

std::vector<video::RatePoint> asVideo(const Points& points)
{
    std::vector<video::RatePoint> all;
    for (const RatePoint& point : points)
        all.push_back({point.bitsPerPixel, point.psnr});
    return all;
}

TEST(RateCurves, GiveThePublishedVector)
{
    EXPECT_NEAR(bdRate(kUvgX264, kUvgX265).value, -37.010, 0.005);
    EXPECT_NEAR(bdRate(kUvgX265, kUvgX264).value, 58.755, 0.005);
    EXPECT_NEAR(bdPsnr(kUvgX264, kUvgX264).value, 0.0, 1e-12);
}

// The nets are built without the other rooms and so have curves of their own; they are the same.
TEST(RateCurves, AreThoseOfTheVideoRoom)
{
    std::mt19937 random(7);
    std::uniform_real_distribution<> more(0.05, 1.0);
    const auto drawn = [&](size_t count) {
        Points points;
        double rate = 0.05 + more(random), psnr = 24.0 + 4.0 * more(random);
        for (size_t i = 0; i < count; ++i) {
            points.push_back({rate, psnr});
            rate *= 1.0 + 2.0 * more(random);
            psnr += 3.0 * more(random);
        }
        return points;
    };
    int numbers = 0;
    for (int i = 0; i < 300; ++i) {
        const Points anchor = drawn(4 + static_cast<size_t>(i % 6)), test = drawn(4);
        const auto expected = video::bjontegaard(asVideo(anchor), asVideo(test));

        const CurveDifference rate = bdRate(anchor, test), psnr = bdPsnr(anchor, test);

        ASSERT_EQ(std::isnan(rate.value), !expected.rate.value) << i << ": " << rate.reason;
        ASSERT_EQ(std::isnan(psnr.value), !expected.quality.value) << i << ": " << psnr.reason;
        if (expected.rate.value) {
            EXPECT_NEAR(rate.value, *expected.rate.value, 1e-8 * (1.0 + std::abs(rate.value)));
        }
        if (expected.quality.value) {
            EXPECT_NEAR(psnr.value, *expected.quality.value, 1e-9);
        }
        numbers += !std::isnan(rate.value) && !std::isnan(psnr.value);
    }
    EXPECT_GT(numbers, 100);
}

TEST(RateCurves, SayWhyThereIsNoNumber)
{
    const Points three(kUvgX264.begin(), kUvgX264.begin() + 3);
    EXPECT_EQ(bdRate(three, kUvgX265).reason, "a curve of less than 4 points");
    Points apart = kUvgX265;
    for (RatePoint& point : apart)
        point.psnr += 100.0;
    EXPECT_EQ(bdRate(kUvgX264, apart).reason, "the curves share no quality");
    EXPECT_TRUE(std::isnan(bdRate(kUvgX264, apart).value));
    EXPECT_NEAR(bdPsnr(kUvgX264, apart).value, bdPsnr(kUvgX264, kUvgX265).value + 100.0, 1e-9);
    for (RatePoint& point : apart)
        point.psnr -= 94.0;
    EXPECT_EQ(bdRate(kUvgX264, apart).reason, "the curves share too little quality");
    Points level = kUvgX265;
    level[1].psnr = level[0].psnr;
    EXPECT_EQ(bdRate(kUvgX264, level).reason, "two points have one quality");
    Points falls = kUvgX265;
    falls[2].psnr = falls[1].psnr - 0.1;
    EXPECT_EQ(bdRate(kUvgX264, falls).reason, "quality does not rise with every step of the rate");
    EXPECT_FALSE(std::isnan(bdPsnr(kUvgX264, falls).value)) << "at one rate it has one quality";
    level[1].bitsPerPixel = 0.0;
    EXPECT_EQ(bdPsnr(kUvgX264, level).reason, "a point is not finite");
}

} // namespace
} // namespace vitrine::learning::codec
