#include "core/model/vision/preprocessing.h"

#include <gtest/gtest.h>

namespace vitrine::model
{
namespace
{

std::vector<std::uint8_t> ramp(std::int64_t width, std::int64_t height)
{
    std::vector<std::uint8_t> values;
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            values.push_back(static_cast<std::uint8_t>((x * 23 + y * 41 + x * y * 7) % 256));
    return values;
}

TEST(Resampling, KeepsOneColourAsItIs)
{
    const std::vector<std::uint8_t> one(11 * 9, 77);
    for (const Resampling how : {Resampling::bilinear, Resampling::bicubic})
        for (const std::int64_t side : {3, 9, 30})
            for (const std::uint8_t value : resized({11, 9, 1, one}, side, side, how))
                EXPECT_EQ(value, 77);
}

TEST(Resampling, ToTheSameSizeChangesNothing)
{
    const auto values = ramp(13, 8);
    for (const Resampling how : {Resampling::bilinear, Resampling::bicubic})
        EXPECT_EQ(resized({13, 8, 1, values}, 13, 8, how), values);
}

// By hand: halving widens the triangle to four pixels, weights 1 3 3 1 of 8, less at the ends where
// one is missing: 3 3 1 of 7.
TEST(Resampling, BilinearWidensItsFilterWhereAPictureShrinks)
{
    const std::vector<std::uint8_t> row = {0, 80, 160, 240};
    const auto half = resized({4, 1, 1, row}, 2, 1, Resampling::bilinear);
    EXPECT_EQ(half[0], 57);  // (3 * 0 + 3 * 80 + 160) / 7 = 57.1
    EXPECT_EQ(half[1], 183); // (80 + 3 * 160 + 3 * 240) / 7 = 182.9
}

// By hand: doubling reads at a quarter of a pixel; Keys' weights with a = -0.5 are -0.0703, 0.8672,
// 0.2266, -0.0234.
TEST(Resampling, BicubicIsThatOfKeysWithMinusOneHalf)
{
    const std::vector<std::uint8_t> row = {0, 0, 200, 0, 0, 0};
    const auto twice = resized({6, 1, 1, row}, 12, 1, Resampling::bicubic);
    EXPECT_EQ(twice[4], 173); // 0.8672 * 200
    EXPECT_EQ(twice[5], 173);
    EXPECT_EQ(twice[3], 45); // 0.2266 * 200
    EXPECT_EQ(twice[2], 0);  // -0.0703 * 200, cut to what 8 bits hold
}

TEST(Preprocessing, CutsTheMiddleSquareAndNormalises)
{
    const auto values = ramp(6, 4);
    const Preprocessing how{.side = 2, .mean = {0.5}, .deviation = {0.25}, .crop = 0.5};
    ASSERT_EQ(how.resizedSide(), 4); // the shorter side stays as it is
    const auto out = prepare({6, 4, 1, values}, how).value();
    ASSERT_EQ(out.size(), 4u);
    EXPECT_FLOAT_EQ(out[0], (static_cast<float>(values[1 * 6 + 2]) / 255 - 0.5f) / 0.25f);
    EXPECT_FLOAT_EQ(out[3], (static_cast<float>(values[2 * 6 + 3]) / 255 - 0.5f) / 0.25f);
}

TEST(Preprocessing, SidesAreThoseOfTheSpecification)
{
    EXPECT_EQ((Preprocessing{.side = 224, .crop = 0.875}.resizedSide()), 256);
    EXPECT_EQ((Preprocessing{.side = 224, .crop = 0.9}.resizedSide()), 248);
    for (const auto& [side, wanted] : {std::pair{224, 236}, {256, 270}, {288, 304}})
        EXPECT_EQ((Preprocessing{.side = side, .crop = 0.95, .roundsUp = true}.resizedSide()),
                  wanted);
}

TEST(Preprocessing, PaddingPutsThePictureInTheMiddleOfBlack)
{
    const std::vector<std::uint8_t> values(28 * 28, 255);
    const Preprocessing how{.side = 32, .mean = {0.0}, .deviation = {1.0}, .padded = true};
    const auto out = prepare({28, 28, 1, values}, how).value();
    double sum = 0;
    for (const float value : out)
        sum += static_cast<double>(value);
    EXPECT_DOUBLE_EQ(sum, 28 * 28);
    EXPECT_EQ(out[2 * 32 + 2], 1);
    EXPECT_EQ(out[1 * 32 + 2], 0);
    EXPECT_EQ(out[29 * 32 + 29], 1);
    EXPECT_EQ(out[30 * 32 + 29], 0);
    EXPECT_FALSE(prepare({40, 28, 1, ramp(40, 28)}, how));
}

TEST(Preprocessing, GreyBecomesThreeEqualChannelsAndColourGrey)
{
    const std::vector<std::uint8_t> grey = {100}, red = {255, 0, 0};
    const Preprocessing colour{.side = 1, .mean = {0, 0, 0}, .deviation = {1, 1, 1}, .crop = 1};
    const auto three = prepare({1, 1, 1, grey}, colour).value();
    EXPECT_EQ(three.size(), 3u);
    EXPECT_EQ(three[0], three[2]);
    const Preprocessing one{.side = 1, .mean = {0}, .deviation = {1}, .crop = 1};
    EXPECT_FLOAT_EQ(prepare({1, 1, 3, red}, one).value()[0], 76.0f / 255); // ITU-R 601: 0.299
    EXPECT_FALSE(prepare({0, 0, 3, {}}, one));
}

TEST(Preprocessing, WhatNoFileSaysIsAssumedAndSaid)
{
    std::vector<std::string> assumed;
    VisionConfig config;
    preprocessingOf(config, {}, assumed);
    EXPECT_EQ(assumed.size(), 3u);
    assumed.clear();
    config.mean = {0.5}, config.deviation = {0.5}, config.crop = 0.9,
    config.interpolation = "bilinear";
    const Preprocessing how = preprocessingOf(config, {}, assumed);
    EXPECT_TRUE(assumed.empty());
    EXPECT_EQ(how.channels(), 1);
    EXPECT_EQ(how.resampling, Resampling::bilinear);
}

} // namespace
} // namespace vitrine::model
