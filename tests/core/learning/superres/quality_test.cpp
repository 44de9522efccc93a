#include "core/learning/nets/superres/quality.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

Tensor flatPicture(int red, int green, int blue, int64_t side = 16)
{
    const Tensor picture = torch::empty({3, side, side}, torch::kUInt8);
    picture[0].fill_(red);
    picture[1].fill_(green);
    picture[2].fill_(blue);
    return picture;
}

double lumaOfColour(int red, int green, int blue)
{
    return lumaOf(flatPicture(red, green, blue))[0][0].item<double>();
}

TEST(LumaOf, IsRoundedBt601)
{
    EXPECT_EQ(lumaOfColour(0, 0, 0), 16.0);
    EXPECT_EQ(lumaOfColour(255, 255, 255), 235.0);
    EXPECT_EQ(lumaOfColour(255, 0, 0), 81.0);  // 16 + 65.481
    EXPECT_EQ(lumaOfColour(0, 255, 0), 145.0); // 16 + 128.553
    EXPECT_EQ(lumaOfColour(0, 0, 255), 41.0);  // 16 + 24.966
}

TEST(PsnrY, IsThatOfTheLumaInsideTheBorder)
{
    const Tensor a = flatPicture(0, 0, 0), b = flatPicture(0, 0, 0);
    b.select(1, 0).fill_(255);              // the uppermost row: left out with the border
    b.select(1, 5).select(1, 5).fill_(255); // one of 12 x 12 pixels differs by 219

    EXPECT_NEAR(psnrY(a, b, 2), 10.0 * std::log10(255.0 * 255.0 * 144.0 / (219.0 * 219.0)), 1e-9);
    EXPECT_TRUE(std::isinf(psnrY(a, a, 2)));
}

// Of two flat pictures the structure is the same and the means alone count.
TEST(SsimY, OfFlatPicturesComparesTheirMeans)
{
    const Tensor dark = flatPicture(0, 0, 0), bright = flatPicture(255, 255, 255);
    const double c1 = 6.5025;

    EXPECT_NEAR(ssimY(dark, dark, 0), 1.0, 1e-12);
    EXPECT_NEAR(ssimY(dark, bright, 0), (2.0 * 16 * 235 + c1) / (16.0 * 16 + 235.0 * 235 + c1),
                1e-9);
    EXPECT_TRUE(std::isnan(ssimY(dark, dark, 4))); // 8 x 8 pixels are left
}

// One window: 11 x 11 pixels, columns alternating between two lumas.
TEST(SsimY, OfOneWindowIsTheFormula)
{
    const Tensor a = flatPicture(0, 0, 0, 11), b = flatPicture(0, 0, 0, 11);
    double mean = 0.0, square = 0.0, all = 0.0;
    for (int64_t x = 0; x < 11; ++x) {
        const double weight = std::exp(-static_cast<double>((x - 5) * (x - 5)) / 4.5);
        const double luma = x % 2 ? 235.0 : 16.0;
        if (x % 2)
            a.select(2, x).fill_(255);
        all += weight;
        mean += weight * luma;
        square += weight * luma * luma;
    }
    mean /= all;
    const double variance = square / all - mean * mean;
    const double c1 = 6.5025, c2 = 58.5225;

    const double expected =
        (2 * mean * 16 + c1) * c2 / ((mean * mean + 256 + c1) * (variance + c2));
    EXPECT_NEAR(ssimY(a, b, 0), expected, 1e-9);
}

} // namespace
} // namespace vitrine::learning
