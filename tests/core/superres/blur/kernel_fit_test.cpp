#include "core/superres/blur/kernel_fit.h"

#include "core/superres/blur/degradation.h"
#include "core/superres/picture/quality.h"
#include "tests/core/superres/pictures.h"
#include "tests/support/rounds.h"

#include <gmock/gmock.h>

#include <cmath>
#include <iostream>
#include <numbers>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

// Discs that cover each other, their radii such that the picture looks alike at all sizes: as many
// between r and 2 r as there is room for.
Picture deadLeaves(std::int64_t side, std::uint64_t seed)
{
    Random random(seed);
    Picture picture{side, side, 1,
                    std::vector<std::uint8_t>(static_cast<std::size_t>(side * side))};
    const double least = 0.6, most = static_cast<double>(side) / 3;
    for (int i = 0; i < 60'000; ++i) {
        // Density r^-3 by its inverse distribution.
        const double u = random.uniform(), a = 1 / (least * least), b = 1 / (most * most);
        const double radius = 1 / std::sqrt(a - u * (a - b));
        const double x = random.uniform() * static_cast<double>(side),
                     y = random.uniform() * static_cast<double>(side);
        const auto grey = static_cast<std::uint8_t>(random.below(256));
        const auto reach = [&](double at, double by) {
            return std::clamp(static_cast<std::int64_t>(at + by), std::int64_t{0}, side - 1);
        };
        for (auto row = reach(y, -radius); row <= reach(y, radius); ++row)
            for (auto column = reach(x, -radius); column <= reach(x, radius); ++column)
                if (std::hypot(static_cast<double>(column) - x, static_cast<double>(row) - y) <
                    radius)
                    picture.values[static_cast<std::size_t>(row * side + column)] = grey;
    }
    return picture;
}

KernelFit fitted(const Picture& high, const TestKernel& of, std::int64_t scale, int threads = 0)
{
    const Picture low = degraded(high, of.kernel, scale, of.sampling).value();
    return fitKernel(imageOf(low), scale, of.sampling, {}, threads).value();
}

bool isRecovered(const KernelFit& fit, const TestKernel& of)
{
    return std::abs(fit.variance1 - of.variance1) <= 0.6 &&
           std::abs(fit.variance2 - of.variance2) <= 0.6;
}

TEST(KernelFit, RecoversALongKernelWithItsDirection)
{
    const TestKernel aniso = testKernels()[2];

    const KernelFit fit = fitted(deadLeaves(384, 1), aniso, 2);

    EXPECT_TRUE(isRecovered(fit, aniso)) << fit.variance1 << " " << fit.variance2;
    EXPECT_NEAR(fit.angle, -0.5, 0.15);
    EXPECT_EQ(fit.kernel, gaussianKernel(fit.variance1, fit.variance2, fit.angle).value());
    EXPECT_GE(fit.tried, 154);
    EXPECT_GT(fit.distance, 0.0);
}

TEST(KernelFit, TellsANarrowKernelFromAWideOne)
{
    const Picture leaves = deadLeaves(256, 2);
    const KernelFit narrow = fitted(leaves, testKernels()[0], 2);
    const KernelFit wide = fitted(leaves, testKernels()[1], 2);
    EXPECT_LT(narrow.variance1, 0.8);
    EXPECT_GT(wide.variance2, 1.2);
}

TEST(KernelFit, IsEqualForEveryNumberOfThreads)
{
    const Picture leaves = deadLeaves(256, 3);
    const KernelFit one = fitted(leaves, testKernels()[3], 2, 1);
    const KernelFit three = fitted(leaves, testKernels()[3], 2, 3);
    EXPECT_EQ(one.variance1, three.variance1);
    EXPECT_EQ(one.variance2, three.variance2);
    EXPECT_EQ(one.angle, three.angle);
    EXPECT_EQ(one.distance, three.distance);
}

TEST(KernelFit, RefusesWhatSaysNothing)
{
    const auto refusal = [](const Image& low, std::int64_t scale) {
        const auto fit = fitKernel(low, scale, Sampling::direct);
        return fit ? std::string() : fit.error().message;
    };
    EXPECT_THAT(refusal(blankImage(200, 100), 2), HasSubstr("128 at each side are needed"));
    EXPECT_THAT(refusal(blankImage(200, 200), 2), HasSubstr("no detail"));
    EXPECT_THAT(refusal(blankImage(200, 200), 5), HasSubstr("not 5"));
    const Image leaves = imageOf(deadLeaves(128, 4));
    const auto stopped =
        fitKernel(leaves, 2, Sampling::direct, [](double share) { return share < 0.3; });
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

// Of pictures of a benchmark with each of the four kernels. A long test: VITRINE_TEST_FULL=1.
TEST(KernelFit, RecoversMostKernelsOfSet14)
{
    const auto pairs = tests::benchmark("set14", 2);
    if (pairs.empty() || tests::rounds(20) < 20)
        GTEST_SKIP() << "set VITRINE_TEST_DATA and VITRINE_TEST_FULL";
    std::size_t all = 0;
    for (const TestKernel& each : testKernels()) {
        std::size_t recovered = 0, looked = 0;
        for (const auto& [high, low] : pairs) {
            const Picture even = cut(high, high.width / 2 * 2, high.height / 2 * 2).value();
            if (std::min(even.width, even.height) < 256)
                continue;
            const KernelFit fit = fitted(even, each, 2);
            std::cout << fmt::format("{} {:.2f} {:.2f} {:.2f}\n", each.id, fit.variance1,
                                     fit.variance2, fit.angle);
            recovered += isRecovered(fit, each);
            ++looked;
        }
        std::cout << fmt::format("{}: {} of {} recovered\n", each.id, recovered, looked);
        EXPECT_GE(2 * recovered, looked) << each.id;
        all += recovered;
    }
    EXPECT_GE(all, 30u);
}

} // namespace
} // namespace vitrine::superres
