#include "core/video/colour.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::video
{
namespace
{

RgbPicture flat(int width, int height, int r, int g, int b)
{
    RgbPicture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i)
        for (const int channel : {r, g, b})
            picture.samples.push_back(static_cast<std::uint8_t>(channel));
    return picture;
}

constexpr Colour kColours[] = {{Matrix::bt601, ColourRange::limited},
                               {Matrix::bt709, ColourRange::limited},
                               {Matrix::bt2020, ColourRange::limited},
                               {Matrix::bt601, ColourRange::full},
                               {Matrix::bt709, ColourRange::full}};

TEST(Colour, GreysSurviveTheRoundTripExactly)
{
    for (const Colour colour : kColours)
        for (int grey = 0; grey < 256; ++grey) {
            const RgbPicture picture = flat(3, 3, grey, grey, grey);
            const Frame frame = toYuv(picture, Chroma::k420, colour);
            EXPECT_EQ(frame.sample(1, 0, 0), 128);
            const RgbPicture back = toRgb(frame, colour);
            if (colour.range == ColourRange::full) {
                EXPECT_EQ(back.samples, picture.samples) << grey;
            } else { // 219 steps for 256 greys: within a step
                EXPECT_EQ(back.pixel(0, 0)[0], back.pixel(0, 0)[2]);
                EXPECT_NEAR(back.pixel(0, 0)[0], grey, 1) << grey;
            }
        }
}

TEST(Colour, PrimariesAreWithinOneOfADoubleReference)
{
    const double red[] = {0, 0.299, 0.2126, 0.2627}, blue[] = {0, 0.114, 0.0722, 0.0593};
    for (const Colour colour : kColours)
        for (int corner = 0; corner < 8; ++corner) {
            const int rgb[] = {corner & 1 ? 255 : 0, corner & 2 ? 255 : 0, corner & 4 ? 255 : 0};
            const double kr = red[static_cast<int>(colour.matrix)],
                         kb = blue[static_cast<int>(colour.matrix)];
            const double y = kr * rgb[0] + (1 - kr - kb) * rgb[1] + kb * rgb[2];
            const bool full = colour.range == ColourRange::full;
            const double scaleY = full ? 1 : 219.0 / 255, scaleC = full ? 1 : 224.0 / 255;
            const Frame frame = toYuv(flat(4, 4, rgb[0], rgb[1], rgb[2]), Chroma::k420, colour);
            const auto expect = [](int value, double reference) {
                EXPECT_LE(std::abs(value - std::min(255.0, std::max(0.0, reference))), 1.0);
            };
            expect(frame.sample(0, 0, 0), (full ? 0 : 16) + scaleY * y);
            expect(frame.sample(1, 0, 0), 128 + scaleC * (rgb[2] - y) / (2 * (1 - kb)));
            expect(frame.sample(2, 0, 0), 128 + scaleC * (rgb[0] - y) / (2 * (1 - kr)));
            const RgbPicture back = toRgb(frame, colour);
            for (int channel = 0; channel < 3; ++channel)
                EXPECT_NEAR(back.pixel(1, 1)[channel], rgb[channel], 3) << corner;
        }
}

TEST(Colour, ChromaIsInterpolatedFromTheLeftAndBetweenRows)
{
    Frame frame(4, 4, {8, Chroma::k420});
    for (int y = 0; y < 4; ++y)
        for (int x = 0; x < 4; ++x)
            frame.setSample(0, x, y, 128);
    for (const auto& [x, y, v] : {std::tuple{0, 0, 128}, {1, 0, 168}, {0, 1, 128}, {1, 1, 168}})
        frame.setSample(2, x, y, v), frame.setSample(1, x, y, 128);

    const RgbPicture picture = toRgb(frame, {Matrix::bt601, ColourRange::full});

    // Red is Y + 1.402 (V - 128): V is 128 at column 0, halfway at 1, 168 from 2 on.
    EXPECT_EQ(picture.pixel(0, 0)[0], 128);
    EXPECT_EQ(picture.pixel(1, 0)[0], 156);
    EXPECT_EQ(picture.pixel(2, 0)[0], 184);
    EXPECT_EQ(picture.pixel(3, 3)[0], 184);
}

TEST(Colour, UnknownIsAssumedByHeight)
{
    EXPECT_EQ(assumed({}, 719), (Colour{Matrix::bt601, ColourRange::limited}));
    EXPECT_EQ(assumed({}, 720), (Colour{Matrix::bt709, ColourRange::limited}));
    EXPECT_EQ(assumed({Matrix::bt2020, ColourRange::full}, 100),
              (Colour{Matrix::bt2020, ColourRange::full}));
}

} // namespace
} // namespace vitrine::video
