#include "core/superres/blur/blur_kernel.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numbers>
#include <numeric>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

TEST(BlurKernel, OfAGaussianIsItsDensityAtWholePlaces)
{
    const BlurKernel kernel = gaussianKernel(4.0, 1.0, -0.5, 21).value();

    EXPECT_NEAR(std::accumulate(kernel.values.begin(), kernel.values.end(), 0.0), 1.0, 1e-14);
    // Inverse covariance of the axes (cos, sin) and (-sin, cos), by hand.
    const double c = std::cos(-0.5), s = std::sin(-0.5);
    const double xx = c * c / 4 + s * s, xy = c * s / 4 - c * s, yy = s * s / 4 + c * c;
    for (const auto& [x, y] : {std::pair{1, 0}, {0, 1}, {3, -2}, {-4, -4}}) {
        const double exponent = -0.5 * (xx * x * x + 2 * xy * x * y + yy * y * y);
        EXPECT_NEAR(kernel.at(10 + x, 10 + y) / kernel.at(10, 10), std::exp(exponent), 1e-14);
    }
}

// As read in the released files: g02 has 0.14 left of its variance; aniso has 3.31, 1.69, -1.26.
TEST(BlurKernel, OfTheTestsHasTheReleasedCovariances)
{
    const std::vector<TestKernel> kernels = testKernels();
    ASSERT_EQ(kernels.size(), 4u);
    const auto momentsAt = [&](std::size_t i) { return momentsOf(kernels[i].kernel); };

    EXPECT_NEAR(momentsAt(0).xx, 0.14, 0.005);
    EXPECT_NEAR(momentsAt(1).yy, 2.0, 1e-3);
    EXPECT_NEAR(momentsAt(2).xx, 3.31, 0.005);
    EXPECT_NEAR(momentsAt(2).yy, 1.69, 0.005);
    EXPECT_NEAR(momentsAt(2).xy, -1.26, 0.005);
    EXPECT_NEAR(momentsAt(3).xx, 1.3, 1e-3);
    for (const TestKernel& each : kernels) {
        EXPECT_EQ(each.kernel.side, 21);
        EXPECT_NEAR(momentsOf(each.kernel).meanX, 0.0, 1e-12);
        EXPECT_EQ(each.sampling, each.id == "g13" ? Sampling::bicubic : Sampling::direct);
    }
}

TEST(BlurKernel, HasTheEllipseThatItWasMadeFrom)
{
    const KernelEllipse ellipse = ellipseOf(gaussianKernel(3.0, 1.0, 0.4, 41).value());
    EXPECT_NEAR(ellipse.variance1, 3.0, 1e-6);
    EXPECT_NEAR(ellipse.variance2, 1.0, 1e-6);
    EXPECT_NEAR(ellipse.angle, 0.4, 1e-6);

    const KernelEllipse turned = ellipseOf(gaussianKernel(1.0, 3.0, 0.4, 41).value());
    EXPECT_NEAR(turned.angle, 0.4 - std::numbers::pi / 2, 1e-6);
    EXPECT_EQ(ellipseOf(BlurKernel{}).angle, 0.0);
}

TEST(BlurKernel, IsDividedByItsSum)
{
    EXPECT_EQ(blurKernel(1, {4.0})->values, (std::vector<double>{1.0}));
    EXPECT_EQ(blurKernel(3, {0, 1, 0, 1, 4, 1, 0, 1, 0})->at(1, 1), 0.5);
}

TEST(BlurKernel, MovedFromTheMiddleHasAMean)
{
    std::vector<double> values(9);
    values[5] = 1.0; // right of the middle
    EXPECT_EQ(momentsOf(blurKernel(3, values).value()).meanX, 1.0);
    EXPECT_EQ(momentsOf(blurKernel(3, values).value()).meanY, 0.0);
}

TEST(BlurKernel, IsRefusedWhereItIsNone)
{
    const auto refusal = [](std::int64_t side, std::vector<double> values) -> std::string {
        const auto kernel = blurKernel(side, std::move(values));
        return kernel ? "" : kernel.error().message;
    };
    EXPECT_THAT(refusal(2, {1, 1, 1, 1}), HasSubstr("odd side of 1 to 101, not 2"));
    EXPECT_THAT(refusal(103, {}), HasSubstr("not 103"));
    EXPECT_THAT(refusal(3, {1}), HasSubstr("has 9 values, not 1"));
    EXPECT_THAT(refusal(1, {NAN}), HasSubstr("finite"));
    EXPECT_THAT(refusal(1, {0.0}), HasSubstr("positive sum"));
    EXPECT_THAT(refusal(1, {-1.0}), HasSubstr("positive sum"));
    EXPECT_THAT(refusal(3, {1, -1, 1, -1, 1e-9, 1, -1, 1, -1}), HasSubstr("positive sum"));
    EXPECT_THAT(refusal(3, std::vector<double>(9, 1e308)), HasSubstr("finite"));
    EXPECT_THAT(gaussianKernel(0.0, 1.0, 0.0).error().message, HasSubstr("0.01 to 100, not 0"));
    EXPECT_THAT(gaussianKernel(1.0, NAN, 0.0).error().message, HasSubstr("not nan"));
    EXPECT_THAT(gaussianKernel(1.0, 1.0, INFINITY).error().message, HasSubstr("angle"));
}

} // namespace
} // namespace vitrine::superres
