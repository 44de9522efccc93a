#include "core/superres/picture/cv_resampling.h"
#include "core/superres/picture/quality.h"
#include "core/superres/picture/resampling.h"
#include "core/superres/upscale/upscaler.h"
#include "tests/core/superres/pictures.h"
#include "tests/support/rounds.h"

#include <gmock/gmock.h>

#include <iostream>
#include <map>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

UpscalingMethod methodNamed(const std::string& id)
{
    for (const UpscalingMethod& method : upscalingMethods())
        if (method.id == id)
            return method;
    return {};
}

std::shared_ptr<const Upscaler> opened(const std::string& id, std::int64_t scale)
{
    return methodNamed(id).open(scale, {}).value();
}

Picture enlargedPicture(const std::string& id, std::int64_t scale, const Picture& low)
{
    return pictureOf(opened(id, scale)->enlarged(imageOf(low), {})->image);
}

constexpr const char* kInterpolations[] = {"nearest", "bilinear", "bicubic",
                                           "lanczos", "cv-cubic", "cv-lanczos4"};
constexpr std::pair<const char*, Filter> kFilters[] = {{"nearest", Filter::nearest},
                                                       {"bilinear", Filter::bilinear},
                                                       {"bicubic", Filter::bicubic},
                                                       {"lanczos", Filter::lanczos3}};

TEST(Interpolating, GivesTheBytesOfResampling)
{
    const Picture low = tests::noisePicture(31, 17, 3);
    for (const std::int64_t scale : {2, 3, 4}) {
        const std::int64_t width = 31 * scale, height = 17 * scale;
        for (const auto& [id, filter] : kFilters)
            EXPECT_EQ(enlargedPicture(id, scale, low).values,
                      resampled(low, width, height, filter).values)
                << id << " x" << scale;
        EXPECT_EQ(enlargedPicture("cv-cubic", scale, low).values,
                  resizedByOpenCv(low, width, height, CvFilter::cubic).values);
        EXPECT_EQ(enlargedPicture("cv-lanczos4", scale, low).values,
                  resizedByOpenCv(low, width, height, CvFilter::lanczos4).values);
    }
}

TEST(Interpolating, StandsFirstAndNeedsNoWeights)
{
    const std::vector<UpscalingMethod> methods = upscalingMethods();
    for (std::size_t i = 0; i < std::size(kInterpolations); ++i) {
        EXPECT_EQ(methods.at(i).id, kInterpolations[i]);
        EXPECT_FALSE(methods.at(i).model);
        EXPECT_EQ(methods.at(i).open(2, {}).value()->parameters(), 0);
    }
}

TEST(Interpolating, CountsItsProducts)
{
    // Bicubic, twice as large: of each small pixel 2 x 4 sums of 4 products in 3 colours become.
    EXPECT_EQ(opened("bicubic", 2)->macsPerPixel(), 3 * 4 * (2 + 4));
    EXPECT_EQ(opened("nearest", 4)->macsPerPixel(), 3 * (4 + 16));
}

TEST(Interpolating, StopsWhereItIsAskedTo)
{
    const Image low = blankImage(4, 4);
    const auto stopped = opened("bicubic", 2)->enlarged(low, [](double) { return false; });
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

TEST(Interpolating, RefusesOtherScalesAndWhatWouldBeTooLarge)
{
    EXPECT_THAT(methodNamed("lanczos").open(5, {}).error().message,
                HasSubstr("2, 3 or 4 times, not 5"));
    const Image wide{40'000'000, 1, {}};
    EXPECT_THAT(opened("bicubic", 2)->enlarged(wide, {}).error().message,
                HasSubstr("more than 100 million"));
}

TEST(Interpolating, EnlargesASinglePixel)
{
    for (const char* id : kInterpolations)
        EXPECT_EQ(enlargedPicture(id, 3, {1, 1, 1, {77}}).values, std::vector<std::uint8_t>(27, 77))
            << id;
}

struct Dataset {
    const char* name;
    std::int64_t scale;
};

class BenchmarkOfInterpolating : public testing::TestWithParam<Dataset>
{
};

// What each reaches, to read; sharper kernels come closer than blunt ones.
TEST_P(BenchmarkOfInterpolating, BicubicIsBetterThanBilinearThanNearest)
{
    const auto [name, scale] = GetParam();
    if (std::string(name) == "set14" && tests::rounds(20) < 20)
        GTEST_SKIP() << "set VITRINE_TEST_FULL to 1";
    const auto pairs = tests::benchmark(name, scale);
    if (pairs.empty())
        GTEST_SKIP() << "set VITRINE_TEST_DATA";
    std::map<std::string, double> psnr;
    for (const std::string id : kInterpolations) {
        double ssim = 0;
        for (const auto& [high, low] : pairs) {
            const Picture large = enlargedPicture(id, scale, low);
            const Picture original = cut(high, large.width, large.height).value();
            const Quality quality = measured(original, large, scale).value();
            psnr[id] += quality.psnrY / static_cast<double>(pairs.size());
            ssim += quality.ssimY / static_cast<double>(pairs.size());
        }
        std::cout << fmt::format("{} x{} {:12} {:.3f} dB {:.4f}\n", name, scale, id, psnr[id],
                                 ssim);
    }
    EXPECT_GT(psnr["bicubic"], psnr["bilinear"] + 0.5);
    EXPECT_GT(psnr["bilinear"], psnr["nearest"] + 0.5);
}

INSTANTIATE_TEST_SUITE_P(All, BenchmarkOfInterpolating,
                         testing::Values(Dataset{"set5", 2}, Dataset{"set5", 3}, Dataset{"set5", 4},
                                         Dataset{"set14", 2}, Dataset{"set14", 4}),
                         [](const auto& tested) {
                             return std::string(tested.param.name) + "x" +
                                    std::to_string(tested.param.scale);
                         });

} // namespace
} // namespace vitrine::superres
