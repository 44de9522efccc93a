#include "core/superres/blur/back_projection.h"

#include "core/superres/blur/degradation.h"
#include "core/superres/picture/quality.h"
#include "core/superres/picture/resampling.h"
#include "tests/core/superres/pictures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

// Edges, slopes and fine stripes.
Image scenery(std::int64_t width, std::int64_t height)
{
    Image image = blankImage(width, height);
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width * 3; ++x) {
            const auto at = static_cast<float>(x), down = static_cast<float>(y);
            const float edge = (x / 3 + y) % 23 < 9 ? 0.3f : 0.0f;
            image.row(y)[x] = 0.3f + 0.2f * std::sin(0.05f * at + 0.3f * down) + edge;
        }
    return image;
}

Image enlargedOf(const Image& low, std::int64_t scale)
{
    return resampled(low, low.width * scale, low.height * scale, Filter::bicubic);
}

TEST(BackProjection, ComesCloserToTheLowPictureWithEachStep)
{
    const Image high = scenery(48, 36);
    for (const TestKernel& each : testKernels())
        for (const std::int64_t scale : {2, 3, 4}) {
            if (each.id == "aniso" && scale > 2)
                continue; // see below
            const Image low = degraded(high, each.kernel, scale, each.sampling).value();

            const BackProjected result =
                backProjected(enlargedOf(low, scale), low, each.kernel, each.sampling, 10).value();

            ASSERT_EQ(result.residuals.size(), 11u);
            for (std::size_t i = 1; i < result.residuals.size(); ++i)
                EXPECT_LE(result.residuals[i], result.residuals[i - 1])
                    << each.id << " x" << scale << " step " << i;
            EXPECT_LT(result.residuals[10], 0.7 * result.residuals[0]) << each.id << " x" << scale;
            EXPECT_EQ(residualOf(result.image, low, each.kernel, each.sampling).value(),
                      result.residuals[10]);
        }
}

// Pixels that stand (s - 1) / 2 beside where they are put back: at four times that is more than a
// third of a small pixel, and what is fine goes the wrong way.
TEST(BackProjection, MayLeadAwayWhereAWideKernelIsSampledDirectlyAndSaysSo)
{
    const Image high = scenery(96, 72);
    const TestKernel aniso = testKernels()[2];
    const Image low = degraded(high, aniso.kernel, 4, aniso.sampling).value();
    const auto residuals =
        backProjected(enlargedOf(low, 4), low, aniso.kernel, aniso.sampling, 10)->residuals;
    EXPECT_GT(residuals[10], residuals[4]);
}

TEST(BackProjection, BringsBackWhatAKnownBlurTook)
{
    const Image high = scenery(96, 72);
    const TestKernel g13 = testKernels()[3];
    const Image low = degraded(high, g13.kernel, 2, g13.sampling).value();
    const Image start = enlargedOf(low, 2);

    const Image better = backProjected(start, low, g13.kernel, g13.sampling, 10)->image;

    const auto psnrOf = [&](const Image& image) {
        return measured(pictureOf(high), pictureOf(image), 2)->psnrY;
    };
    EXPECT_GT(psnrOf(better), psnrOf(start) + 0.5);
}

TEST(BackProjection, OfNoStepsMeasuresAlone)
{
    const Image high = scenery(12, 8);
    const Image low = degraded(high, BlurKernel{}, 2, Sampling::direct).value();
    const BackProjected result =
        backProjected(high, low, BlurKernel{}, Sampling::direct, 0).value();
    EXPECT_EQ(result.image.values, high.values);
    ASSERT_EQ(result.residuals.size(), 1u);
    EXPECT_LT(result.residuals[0], 1e-7);
}

TEST(BackProjection, IsEqualForEveryNumberOfThreads)
{
    const Image low = scenery(40, 30);
    const BlurKernel kernel = testKernels()[2].kernel;
    const auto with = [&](int threads) {
        return backProjected(enlargedOf(low, 2), low, kernel, Sampling::direct, 3, {}, threads)
            .value();
    };
    const BackProjected one = with(1), three = with(3);
    EXPECT_EQ(one.image.values, three.image.values);
    EXPECT_EQ(one.residuals, three.residuals);
}

TEST(BackProjection, StopsAndRefuses)
{
    const Image low = scenery(8, 8);
    const auto stopped = backProjected(enlargedOf(low, 2), low, BlurKernel{}, Sampling::direct, 5,
                                       [](double share) { return share < 0.5; });
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    const auto odd = backProjected(scenery(17, 16), low, BlurKernel{}, Sampling::direct, 5);
    EXPECT_THAT(odd.error().message, HasSubstr("17 x 16 pixels are no whole multiple of 8 x 8"));
}

} // namespace
} // namespace vitrine::superres
