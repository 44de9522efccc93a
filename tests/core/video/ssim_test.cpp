#include "core/video/ssim.h"

#include "tests/support/synthetic_clip.h"

#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

using Plane = std::vector<std::vector<double>>;

Plane planeOf(const Frame& frame, int plane)
{
    Plane result(static_cast<std::size_t>(frame.height(plane)));
    for (int y = 0; y < frame.height(plane); ++y)
        for (int x = 0; x < frame.width(plane); ++x)
            result[static_cast<std::size_t>(y)].push_back(frame.sample(plane, x, y));
    return result;
}

struct SlowSsim {
    double ssim = 0, contrastStructure = 0;
};

// The definition, window by window in double precision, with the 121 weights written out.
SlowSsim slowSsim(const Plane& a, const Plane& b, double peak)
{
    double weights[11][11], total = 0;
    for (int i = 0; i < 11; ++i)
        for (int j = 0; j < 11; ++j)
            total += weights[i][j] =
                std::exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));
    const double c1 = std::pow(0.01 * peak, 2), c2 = std::pow(0.03 * peak, 2);
    SlowSsim sum;
    std::size_t count = 0;
    for (std::size_t y = 0; y + 11 <= a.size(); ++y)
        for (std::size_t x = 0; x + 11 <= a[0].size(); ++x, ++count) {
            double ma = 0, mb = 0, va = 0, vb = 0, cov = 0;
            for (std::size_t i = 0; i < 11; ++i)
                for (std::size_t j = 0; j < 11; ++j) {
                    const double w = weights[i][j] / total;
                    ma += w * a[y + i][x + j];
                    mb += w * b[y + i][x + j];
                }
            for (std::size_t i = 0; i < 11; ++i)
                for (std::size_t j = 0; j < 11; ++j) {
                    const double w = weights[i][j] / total;
                    const double da = a[y + i][x + j] - ma, db = b[y + i][x + j] - mb;
                    va += w * da * da;
                    vb += w * db * db;
                    cov += w * da * db;
                }
            const double cs = (2 * cov + c2) / (va + vb + c2);
            sum.contrastStructure += cs;
            sum.ssim += cs * (2 * ma * mb + c1) / (ma * ma + mb * mb + c1);
        }
    return {sum.ssim / static_cast<double>(count),
            sum.contrastStructure / static_cast<double>(count)};
}

Plane halved(const Plane& plane)
{
    Plane half(plane.size() / 2, std::vector<double>(plane[0].size() / 2));
    for (std::size_t y = 0; y < half.size(); ++y)
        for (std::size_t x = 0; x < half[0].size(); ++x)
            half[y][x] = (plane[2 * y][2 * x] + plane[2 * y][2 * x + 1] + plane[2 * y + 1][2 * x] +
                          plane[2 * y + 1][2 * x + 1]) /
                         4;
    return half;
}

double slowMultiScale(Plane a, Plane b, double peak)
{
    double value = 1;
    for (std::size_t scale = 0; scale < 5; ++scale) {
        const SlowSsim means = slowSsim(a, b, peak);
        value *= std::pow(std::max(0.0, scale == 4 ? means.ssim : means.contrastStructure),
                          kMsSsimWeights[scale]);
        a = halved(a);
        b = halved(b);
    }
    return value;
}

// Single precision against double: 1e-6 is what the specification grants.
constexpr double kTolerance = 1e-6;

TEST(Ssim, EqualsTheSlowReferenceForSmallSizesAndAllDepths)
{
    for (const int bits : {8, 10, 12, 16})
        for (const auto& [width, height] :
             {std::pair{11, 11}, {12, 11}, {11, 17}, {19, 13}, {26, 12}, {27, 45}, {75, 33}}) {
            const SampleFormat format{bits, Chroma::k444};
            const Frame a = tests::movingFrame(width, height, format, 1);
            const Frame b = tests::withNoise(a, 0.03 * format.peak(), 7);
            for (int plane = 0; plane < 3; ++plane)
                EXPECT_NEAR(ssim(a, b, plane),
                            slowSsim(planeOf(a, plane), planeOf(b, plane), format.peak()).ssim,
                            kTolerance)
                    << bits << " bits, " << width << "x" << height << ", plane " << plane;
        }
}

// Bright and flat is where the difference of mean squares loses most digits.
TEST(Ssim, KeepsItsDigitsOnBrightFlatPictures)
{
    Frame a(64, 48, {8, Chroma::k400});
    for (int y = 0; y < 48; ++y)
        for (int x = 0; x < 64; ++x)
            a.setSample(0, x, y, 250 + (x * 7 + y * 3) % 3);
    const Frame b = tests::withNoise(a, 1, 3);
    EXPECT_NEAR(ssim(a, b), slowSsim(planeOf(a, 0), planeOf(b, 0), 255).ssim, kTolerance);
}

TEST(Ssim, IsOneForEqualSymmetricAndNotDefinedBelowAWindow)
{
    const Frame a = tests::movingFrame(40, 30, {}, 0), b = tests::withNoise(a, 5, 1);
    EXPECT_EQ(ssim(a, a), 1.0);
    EXPECT_NEAR(ssim(a, b), ssim(b, a), 1e-7);
    EXPECT_LT(ssim(a, b), 1.0);
    EXPECT_TRUE(std::isnan(ssim(Frame(10, 40, {}), Frame(10, 40, {}))));
    EXPECT_EQ(ssim(Frame(20, 20, {}), Frame(20, 20, {})), 1.0); // constant
}

TEST(Ssim, OfARegionIsThatOfTheCutPicture)
{
    const Frame a = tests::movingFrame(60, 40, {8, Chroma::k400}, 0), b = tests::withNoise(a, 5, 1);
    Plane x, y;
    for (int row = 6; row < 30; ++row) {
        x.emplace_back();
        y.emplace_back();
        for (int column = 9; column < 44; ++column) {
            x.back().push_back(a.sample(0, column, row));
            y.back().push_back(b.sample(0, column, row));
        }
    }
    EXPECT_NEAR(ssim(a, b, 0, Rectangle{9, 6, 35, 24}), slowSsim(x, y, 255).ssim, kTolerance);
}

// FFmpeg's filter: 8 x 8 windows every four samples, whole-number sums, 64 and 63 samples.
double slowFfmpegSsim(const Plane& a, const Plane& b, double peak)
{
    const double c1 = std::floor(0.01 * 0.01 * peak * peak * 64 + 0.5);
    const double c2 = std::floor(0.03 * 0.03 * peak * peak * 64 * 63 + 0.5);
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t top = 0; top + 8 <= a.size() / 4 * 4; top += 4)
        for (std::size_t left = 0; left + 8 <= a[0].size() / 4 * 4; left += 4, ++count) {
            double x = 0, y = 0, squares = 0, product = 0;
            for (std::size_t i = top; i < top + 8; ++i)
                for (std::size_t j = left; j < left + 8; ++j) {
                    x += a[i][j];
                    y += b[i][j];
                    squares += a[i][j] * a[i][j] + b[i][j] * b[i][j];
                    product += a[i][j] * b[i][j];
                }
            sum += (2 * x * y + c1) * (2 * (64 * product - x * y) + c2) /
                   ((x * x + y * y + c1) * (64 * squares - x * x - y * y + c2));
        }
    return sum / static_cast<double>(count);
}

TEST(SsimFfmpeg, EqualsTheSlowReferenceForAllWidths)
{
    for (const int bits : {8, 10, 16})
        for (int width = 8; width <= 150; width += width < 80 ? 1 : 23) {
            const SampleFormat format{bits, Chroma::k400};
            const Frame a = tests::movingFrame(width, 21, format, 0);
            const Frame b = tests::withNoise(a, 3, 5);
            EXPECT_NEAR(ssimFfmpeg(a, b, 0),
                        slowFfmpegSsim(planeOf(a, 0), planeOf(b, 0), format.peak()), 2e-7)
                << width << " wide, " << bits << " bit";
        }
}

// The extremes are what the sums of eight-bit windows must hold.
TEST(SsimFfmpeg, HoldsBlackAgainstWhite)
{
    Frame black(64, 64, {8, Chroma::k400}), white = black;
    for (int y = 0; y < 64; ++y)
        for (int x = 0; x < 64; ++x) {
            black.setSample(0, x, y, 0);
            white.setSample(0, x, y, 255);
        }
    EXPECT_NEAR(ssimFfmpeg(white, white, 0), 1, 1e-12);
    EXPECT_NEAR(ssimFfmpeg(black, white, 0),
                slowFfmpegSsim(planeOf(black, 0), planeOf(white, 0), 255), 2e-9);
}

TEST(SsimMap, AveragesToTheValue)
{
    const Frame a = tests::movingFrame(50, 40, {}, 0), b = tests::withNoise(a, 8, 2);
    const auto map = ssimMap(a, b);
    ASSERT_EQ(map.size(), 40u * 30u);
    double sum = 0;
    for (const float value : map)
        sum += value;
    EXPECT_NEAR(sum / static_cast<double>(map.size()), ssim(a, b), 1e-9);
}

TEST(MultiScaleSsim, EqualsTheSlowReference)
{
    for (const auto& [width, height, bits] :
         {std::tuple{176, 176, 8}, {183, 179, 8}, {200, 177, 10}, {177, 190, 12}}) {
        const SampleFormat format{bits, Chroma::k400};
        const Frame a = tests::movingFrame(width, height, format, 2);
        const Frame b = tests::withNoise(a, 0.05 * format.peak(), 11);

        const MultiScale both = multiScaleSsim(a, b);

        EXPECT_NEAR(both.msSsim, slowMultiScale(planeOf(a, 0), planeOf(b, 0), format.peak()),
                    kTolerance);
        EXPECT_EQ(both.ssim, ssim(a, b));
    }
}

TEST(MultiScaleSsim, NeedsASideOf176AndClampsNegativeContrast)
{
    const Frame small(175, 200, {8, Chroma::k400});
    EXPECT_TRUE(std::isnan(multiScaleSsim(small, small).msSsim));

    // A negative: contrast * structure is below 0 at the first scale.
    const Frame a = tests::noiseFrame(176, 176, {8, Chroma::k400}, 1);
    Frame inverse = a;
    for (int y = 0; y < 176; ++y)
        for (int x = 0; x < 176; ++x)
            inverse.setSample(0, x, y, 255 - a.sample(0, x, y));
    EXPECT_EQ(multiScaleSsim(a, inverse).msSsim, 0.0);
    EXPECT_EQ(multiScaleSsim(a, a).msSsim, 1.0);
}

} // namespace
} // namespace vitrine::video
