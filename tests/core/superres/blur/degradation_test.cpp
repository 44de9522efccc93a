#include "core/superres/blur/degradation.h"

#include "core/superres/picture/resampling.h"
#include "tests/core/superres/pictures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

// Nothing about it is symmetric.
BlurKernel lopsidedKernel(std::int64_t side)
{
    std::vector<double> values;
    for (std::int64_t i = 0; i < side * side; ++i)
        values.push_back(static_cast<double>((i * i + 3 * i) % 17) + 1.0);
    return blurKernel(side, values).value();
}

double slowBlur(const Picture& picture, const BlurKernel& kernel, std::int64_t x, std::int64_t y,
                std::int64_t channel)
{
    const std::int64_t reach = kernel.side / 2;
    double sum = 0;
    for (std::int64_t j = -reach; j <= reach; ++j)
        for (std::int64_t i = -reach; i <= reach; ++i) {
            const std::int64_t at =
                reflected(y - j, picture.height) * picture.width + reflected(x - i, picture.width);
            sum += kernel.at(i + reach, j + reach) *
                   picture.values[static_cast<std::size_t>(at * picture.channels + channel)];
        }
    return sum;
}

TEST(Degradation, IsATrueConvolutionAndEveryNthPixel)
{
    for (const std::int64_t scale : {1, 2, 3, 4})
        for (const std::int64_t side : {1, 3, 7, 21}) {
            const Picture picture = tests::noisePicture(3 * scale, 5 * scale, scale == 3 ? 1 : 3);
            const BlurKernel kernel = lopsidedKernel(side);

            const Picture small = degraded(picture, kernel, scale, Sampling::direct).value();

            ASSERT_EQ(small.width, 3);
            ASSERT_EQ(small.height, 5);
            for (std::int64_t i = 0; i < 15 * picture.channels; ++i) {
                const std::int64_t pixel = i / picture.channels;
                EXPECT_NEAR(small.values[static_cast<std::size_t>(i)],
                            slowBlur(picture, kernel, pixel % 3 * scale, pixel / 3 * scale,
                                     i % picture.channels),
                            0.5 + 1e-9);
            }
        }
}

// A bright pixel becomes the kernel, seen at every other place of it.
TEST(Degradation, OfAPointIsTheKernelsPhase)
{
    const BlurKernel kernel = lopsidedKernel(5);
    Image point = blankImage(16, 16);
    std::fill_n(point.row(7) + 8 * 3, 3, 1.0f); // x 8, y 7

    const Image small = degraded(point, kernel, 2, Sampling::direct).value();

    for (std::int64_t y = 0; y < 8; ++y)
        for (std::int64_t x = 0; x < 8; ++x) {
            const std::int64_t i = 2 * x - 8 + 2, j = 2 * y - 7 + 2;
            const bool inside = i >= 0 && i < 5 && j >= 0 && j < 5;
            EXPECT_NEAR(small.row(y)[x * 3], inside ? kernel.at(i, j) : 0.0, 1e-6) << x << " " << y;
        }
}

TEST(Degradation, ByBicubicIsResamplingOfWhatIsBlurred)
{
    const Picture picture = tests::noisePicture(24, 16, 3);
    EXPECT_EQ(degraded(picture, BlurKernel{}, 2, Sampling::bicubic)->values,
              resampled(picture, 12, 8, Filter::bicubic).values);

    const BlurKernel kernel = lopsidedKernel(5);
    std::vector<double> blurred;
    for (std::int64_t i = 0; i < 24 * 16 * 3; ++i)
        blurred.push_back(slowBlur(picture, kernel, i / 3 % 24, i / 72, i % 3));
    Picture expected{12, 8, 3, std::vector<std::uint8_t>(12 * 8 * 3)};
    resample(rowsOf(blurred, 24, 16, 3), 12, 8, Filter::bicubic, into(expected));
    EXPECT_EQ(degraded(picture, kernel, 2, Sampling::bicubic)->values, expected.values);
}

TEST(Degradation, OfAnImageIsThatOfThePicture)
{
    const Picture picture = tests::noisePicture(24, 16, 3);
    for (const TestKernel& each : testKernels()) {
        const auto image = degraded(imageOf(picture), each.kernel, 2, each.sampling).value();
        EXPECT_EQ(pictureOf(image).values,
                  degraded(picture, each.kernel, 2, each.sampling)->values);
    }
}

TEST(Degradation, IsEqualForEveryNumberOfThreads)
{
    const Picture picture = tests::noisePicture(60, 80, 3);
    for (const Sampling sampling : {Sampling::direct, Sampling::bicubic}) {
        const auto one = degraded(picture, lopsidedKernel(9), 2, sampling, 1).value();
        for (const int threads : {2, 3, 7})
            EXPECT_EQ(degraded(picture, lopsidedKernel(9), 2, sampling, threads)->values,
                      one.values);
    }
}

TEST(Degradation, RefusesSidesThatAreNoMultiples)
{
    const Picture picture = tests::noisePicture(9, 8, 3);
    EXPECT_THAT(degraded(picture, BlurKernel{}, 2, Sampling::direct).error().message,
                HasSubstr("9 x 8 pixels are no multiples of 2"));
    EXPECT_THAT(degraded(picture, BlurKernel{}, 0, Sampling::direct).error().message,
                HasSubstr("not 0"));
}

} // namespace
} // namespace vitrine::superres
