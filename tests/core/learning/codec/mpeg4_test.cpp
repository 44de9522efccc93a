#include "core/learning/nets/codec/mpeg4.h"

#include "core/learning/nets/codec/chroma.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace vitrine::learning::codec
{
namespace
{

constexpr int kFilmWidth = 46, kFilmHeight = 35; // odd: half a chroma sample more

// A smooth picture that moves by two pixels a frame.
RgbFrame movedPicture(int frame)
{
    RgbFrame rgb;
    for (int y = 0; y < kFilmHeight; ++y)
        for (int x = 0; x < kFilmWidth; ++x)
            for (int c = 0; c < 3; ++c)
                rgb.push_back(static_cast<uint8_t>(std::lround(
                    128 + 60 * std::sin(0.15 * (x + 2 * frame) + c) + 30 * std::cos(0.2 * y))));
    return rgb;
}

double meanSquareOf(const RgbFrame& a, const RgbFrame& b)
{
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum / static_cast<double>(a.size());
}

TEST(Chroma, OfSmoothColoursComesBackWithinItsRounding)
{
    const RgbFrame rgb = movedPicture(0);
    const Planes420 planes = planesOfRgb(rgb, kFilmWidth, kFilmHeight);

    EXPECT_EQ(planes.luma.size(), static_cast<size_t>(kFilmWidth * kFilmHeight));
    EXPECT_EQ(planes.cb.size(), 23u * 18u);
    EXPECT_LT(meanSquareOf(rgbOfPlanes(planes), rgb), 3.0);
}

TEST(Chroma, OfPlainColoursIsExactUpToOne)
{
    for (const RgbFrame& colour :
         {RgbFrame{255, 0, 0}, RgbFrame{0, 255, 0}, RgbFrame{0, 0, 255}, RgbFrame{255, 255, 255},
          RgbFrame{0, 0, 0}, RgbFrame{9, 200, 77}}) {
        RgbFrame rgb;
        for (int i = 0; i < 5 * 3; ++i)
            rgb.insert(rgb.end(), colour.begin(), colour.end());
        const RgbFrame back = rgbOfPlanes(planesOfRgb(rgb, 5, 3));
        for (size_t i = 0; i < rgb.size(); ++i)
            ASSERT_NEAR(back[i], rgb[i], 1) << i;
    }
}

TEST(Mpeg4, CostsLessAndErrsMoreAtACoarserQuantiser)
{
    if (!hasMpeg4())
        GTEST_SKIP() << "this build has no libavcodec";
    std::vector<RgbFrame> film;
    for (int frame = 0; frame < 6; ++frame)
        film.push_back(movedPicture(frame));

    double error = 0.0, bits = 1e9;
    for (const int quantiser : {2, 6, 16, 31}) {
        const auto coded = throughMpeg4(film, kFilmWidth, kFilmHeight, quantiser);
        ASSERT_EQ(coded.size(), film.size());
        double ownError = 0.0, ownBits = 0.0;
        for (size_t i = 1; i < coded.size(); ++i) {
            ownError += meanSquareOf(coded[i].rgb, film[i]) / 5.0;
            ownBits += static_cast<double>(coded[i].bits) / 5.0;
            EXPECT_LT(meanSquareOf(coded[i].rgb, film[i]), meanSquareOf(coded[i].rgb, film[i - 1]))
                << "frames are in their order";
        }
        EXPECT_GT(ownError, error) << quantiser;
        EXPECT_LT(ownBits, bits) << quantiser;
        EXPECT_LT(ownBits, static_cast<double>(coded[0].bits)) << "P frames cost less than the I";
        error = ownError;
        bits = ownBits;
    }
    EXPECT_THROW(throughMpeg4(film, kFilmWidth, kFilmHeight + 1, 5), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning::codec
