#include "core/video/psnr.h"

#include "core/video/quality.h"
#include "tests/support/synthetic_clip.h"

#include <gtest/gtest.h>

namespace vitrine::video
{
namespace
{

double slowMean(const Frame& a, const Frame& b, int plane, const Rectangle& part)
{
    double sum = 0;
    for (int y = part.y; y < part.y + part.height; ++y)
        for (int x = part.x; x < part.x + part.width; ++x) {
            const double d = a.sample(plane, x, y) - b.sample(plane, x, y);
            sum += d * d;
        }
    return sum / (static_cast<double>(part.width) * part.height);
}

// All small widths (vector tails), all depths (both paths of the kernel), the largest differences.
TEST(FrameError, EqualsTheSlowSumForAllSmallWidthsAndDepths)
{
    for (const int bits : {8, 9, 10, 12, 13, 16})
        for (int width = 1; width <= 70; ++width) {
            const SampleFormat format{bits, Chroma::k420};
            const Frame a = tests::noiseFrame(width, 5, format, 1);
            const Frame b = tests::noiseFrame(width, 5, format, 2);

            const FrameError error = frameError(a, b);

            for (int plane = 0; plane < 3; ++plane)
                ASSERT_EQ(error.planes[static_cast<std::size_t>(plane)].mean(),
                          slowMean(a, b, plane, {0, 0, a.width(plane), a.height(plane)}))
                    << bits << " bits, width " << width;
        }
}

TEST(FrameError, HoldsTheLargestDifferenceOverALargePicture)
{
    for (const int bits : {8, 12, 16}) {
        const SampleFormat format{bits, Chroma::k400};
        Frame black(16384, 3, format), white(16384, 3, format);
        for (int y = 0; y < 3; ++y)
            for (int x = 0; x < 16384; ++x)
                white.setSample(0, x, y, format.peak());

        EXPECT_EQ(frameError(black, white).planes[0].mean(),
                  static_cast<double>(format.peak()) * format.peak());
        EXPECT_NEAR(frameError(black, white).psnr(0), 0, 1e-12);
    }
}

TEST(FrameError, OfARegionCountsItsSamplesOnly)
{
    const Frame a = tests::noiseFrame(41, 31, {10, Chroma::k420}, 1);
    const Frame b = tests::noiseFrame(41, 31, {10, Chroma::k420}, 2);

    const FrameError error = frameError(a, b, Rectangle{7, 5, 12, 9});

    EXPECT_EQ(error.planes[0].mean(), slowMean(a, b, 0, {7, 5, 12, 9}));
    EXPECT_EQ(error.planes[1].mean(),
              slowMean(a, b, 1, {3, 2, 7, 5})); // every chroma sample it touches
}

TEST(FrameError, OfNoiseOfKnownVariance)
{
    Frame grey(512, 512, {8, Chroma::k400});
    for (int y = 0; y < 512; ++y)
        for (int x = 0; x < 512; ++x)
            grey.setSample(0, x, y, 128);

    const double measured = frameError(grey, tests::withNoise(grey, 6, 5)).psnr(0);

    // Rounding to whole code values adds 1/12 to the variance.
    EXPECT_NEAR(measured, 10 * std::log10(255.0 * 255 / (36 + 1.0 / 12)), 0.02);
}

TEST(FrameError, WeighsPlanesAsAgreed)
{
    FrameError error;
    error.planes[0] = {624, 100}; // MSE 6.24, 2.28, 1.84 of 4:2:0
    error.planes[1] = {57, 25};
    error.planes[2] = {46, 25};

    EXPECT_NEAR(error.meanAll(), 4.85, 0.005);
    EXPECT_NEAR(error.psnr611(), (6 * error.psnr(0) + error.psnr(1) + error.psnr(2)) / 8, 1e-12);
}

TEST(FirstDifference, NamesPlaneAndPlace)
{
    const Frame a = tests::movingFrame(20, 10, {10, Chroma::k420}, 0);
    Frame b = a;
    EXPECT_FALSE(firstDifference(a, b));
    EXPECT_TRUE(frameError(a, b).exact());
    EXPECT_EQ(frameError(a, b).psnr(0), kExactPsnr);

    b.setSample(2, 3, 4, a.sample(2, 3, 4) ^ 1);
    b.setSample(2, 7, 4, a.sample(2, 7, 4) ^ 1);

    ASSERT_TRUE(firstDifference(a, b));
    EXPECT_EQ(*firstDifference(a, b),
              (SampleDifference{2, 3, 4, a.sample(2, 3, 4), b.sample(2, 3, 4)}));
    EXPECT_FALSE(frameError(a, b).exact());
}

TEST(CompareFrames, GivesTheSameBitsForEveryThreadCount)
{
    const Frame a = tests::movingFrame(301, 203, {8, Chroma::k420}, 0);
    const Frame b = tests::withNoise(a, 4, 9);
    QualityOptions options;
    options.vif = true;
    options.threads = 1;
    const FrameQuality one = compareFrames(a, b, options).value();
    for (const int threads : {2, 3, 7}) {
        options.threads = threads;
        const FrameQuality many = compareFrames(a, b, options).value();
        EXPECT_EQ(many.error.planes[0].squaredError, one.error.planes[0].squaredError);
        EXPECT_EQ(many.ssim, one.ssim);
        EXPECT_EQ(many.msSsim, one.msSsim);
        EXPECT_EQ(many.ssimFfmpegAll, one.ssimFfmpegAll);
        EXPECT_EQ(many.vif.scales, one.vif.scales);
    }
}

TEST(CompareFrames, RefusesOtherSizesFormatsAndRegions)
{
    const Frame a(16, 16, {});
    EXPECT_EQ(compareFrames(a, Frame(16, 18, {})).error().kind, ErrorKind::input);
    EXPECT_NE(compareFrames(a, Frame(16, 16, {10, Chroma::k420})).error().message.find("yuv420p10"),
              std::string::npos);
    QualityOptions options;
    options.region = Rectangle{8, 8, 9, 1};
    EXPECT_EQ(compareFrames(a, a, options).error().kind, ErrorKind::argument);
}

} // namespace
} // namespace vitrine::video
