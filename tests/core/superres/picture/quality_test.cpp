#include "core/superres/picture/quality.h"

#include "core/superres/picture/resampling.h"
#include "core/video/psnr.h"
#include "core/video/ssim.h"
#include "tests/core/superres/pictures.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

using Plane = std::vector<double>;

// The definition in double, windows one by one (core/learning/nets/superres/quality.cpp computes
// the same with matrices).
double slowSsim(const Plane& a, const Plane& b, int width, int x0, int y0, int x1, int y1)
{
    double sum = 0, weights = 0;
    double kernel[11][11];
    for (int j = 0; j < 11; ++j)
        for (int i = 0; i < 11; ++i)
            weights += kernel[j][i] = std::exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / 4.5);
    int windows = 0;
    for (int y = y0; y + 11 <= y1; ++y)
        for (int x = x0; x + 11 <= x1; ++x, ++windows) {
            double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
            for (int j = 0; j < 11; ++j)
                for (int i = 0; i < 11; ++i) {
                    const double w = kernel[j][i] / weights;
                    const auto at = static_cast<std::size_t>((y + j) * width + x + i);
                    ma += w * a[at];
                    mb += w * b[at];
                    aa += w * a[at] * a[at];
                    bb += w * b[at] * b[at];
                    ab += w * a[at] * b[at];
                }
            const double c1 = 2.55 * 2.55, c2 = 7.65 * 7.65;
            sum += (2 * ma * mb + c1) * (2 * (ab - ma * mb) + c2) /
                   ((ma * ma + mb * mb + c1) * (aa - ma * ma + bb - mb * mb + c2));
        }
    return sum / windows;
}

double slowPsnr(const Plane& a, const Plane& b, int width, int x0, int y0, int x1, int y1)
{
    double sum = 0;
    for (int y = y0; y < y1; ++y)
        for (int x = x0; x < x1; ++x) {
            const auto at = static_cast<std::size_t>(y * width + x);
            sum += (a[at] - b[at]) * (a[at] - b[at]);
        }
    return 10 * std::log10(255.0 * 255.0 / (sum / ((x1 - x0) * (y1 - y0))));
}

Plane planeOf(const Picture& picture)
{
    const auto luma = lumaOf(picture);
    return {luma.begin(), luma.end()};
}

TEST(SuperresQuality, TakesLumaInTheVideoRange)
{
    const Picture colours{5, 1, 3, {0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255}};
    EXPECT_EQ(lumaOf(colours), (std::vector<std::uint8_t>{16, 235, 81, 145, 41}));
    EXPECT_EQ(lumaOf({2, 1, 1, {0, 128}}), (std::vector<std::uint8_t>{16, 126}));
}

TEST(SuperresQuality, IsWhatItsDefinitionSays)
{
    const Picture a = tests::noisePicture(40, 31, 3);
    Picture b = a;
    for (std::size_t i = 0; i < b.values.size(); i += 3)
        b.values[i] = static_cast<std::uint8_t>(255 - b.values[i]);

    const Quality quality = measured(a, b, 3).value();

    EXPECT_NEAR(quality.psnrY, slowPsnr(planeOf(a), planeOf(b), 40, 3, 3, 37, 28), 1e-12);
    EXPECT_NEAR(quality.ssimY, slowSsim(planeOf(a), planeOf(b), 40, 3, 3, 37, 28), 2e-6);
    double squares = 0;
    for (int y = 3; y < 28; ++y)
        for (int x = 3; x < 37; ++x)
            squares += std::pow(255 - 2 * a.values[static_cast<std::size_t>(y * 40 + x) * 3], 2);
    EXPECT_NEAR(quality.psnrRgb, 10 * std::log10(255 * 255 / (squares / (34 * 25 * 3))), 1e-12);
    EXPECT_FALSE(quality.identical);
    EXPECT_FALSE(quality.identicalY);
}

TEST(SuperresQuality, SaysWhatIsIdentical)
{
    const Picture a = tests::noisePicture(20, 20, 3);
    Picture border = a;
    border.values[0] ^= 64;

    EXPECT_TRUE(measured(a, a, 2)->identical);
    EXPECT_EQ(measured(a, a, 2)->psnrY, video::kExactPsnr);
    EXPECT_NEAR(measured(a, a, 2)->ssimY, 1.0, 1e-6);
    EXPECT_FALSE(measured(a, border, 2)->identical);
    EXPECT_TRUE(measured(a, border, 2)->identicalY);
    EXPECT_FALSE(measured(a, border, 0)->identicalY);
}

TEST(SuperresQuality, GreyIsThreeEqualChannels)
{
    const Picture grey = tests::noisePicture(20, 20, 1), other = tests::noisePicture(20, 20, 3);
    const Picture three = pictureOf(imageOf(grey));

    EXPECT_TRUE(measured(grey, three, 2)->identical);
    EXPECT_EQ(measured(grey, other, 2)->psnrRgb, measured(three, other, 2)->psnrRgb);
}

TEST(SuperresQuality, RefusesWhatCannotBeCompared)
{
    const Picture a = tests::noisePicture(20, 20, 3), b = tests::noisePicture(20, 18, 3);

    EXPECT_THAT(measured(a, b, 2).error().message, HasSubstr("20 x 20 pixels, the enlarged"));
    EXPECT_THAT(measured(a, a, 10).error().message, HasSubstr("a border of 10"));
    EXPECT_TRUE(std::isnan(measured(a, a, 5)->ssimY));
    const Picture wide{20000, 1, 1, std::vector<std::uint8_t>(20000)};
    EXPECT_THAT(measured(wide, wide, 0).error().message, HasSubstr("longest side is 16384"));
}

TEST(SuperresQuality, CutsOriginalsAtTheRightAndBelow)
{
    const Picture picture{3, 2, 1, {1, 2, 3, 4, 5, 6}};
    EXPECT_EQ(cut(picture, 2, 2)->values, (std::vector<std::uint8_t>{1, 2, 4, 5}));
    EXPECT_EQ(cut(picture, 3, 1)->values, (std::vector<std::uint8_t>{1, 2, 3}));
    EXPECT_THAT(cut(picture, 4, 2).error().message, HasSubstr("cannot be cut to 4 x 2"));
}

TEST(SuperresQuality, NamesItsProtocol)
{
    EXPECT_THAT(protocol(4), HasSubstr("4 pixels left out"));
}

struct Means {
    double psnr = 0, ssim = 0, classicPsnr = 0, classicSsim = 0;
};

Plane resampledPlane(const Plane& plane, std::int64_t from, std::int64_t rows, std::int64_t width,
                     std::int64_t height)
{
    Plane result(static_cast<std::size_t>(width * height));
    resample(rowsOf(plane, from, rows, 1), width, height, Filter::bicubic,
             [&](std::int64_t y, const double* row) {
                 std::copy_n(row, width, result.begin() + y * width);
             });
    return result;
}

video::Frame frameOf(const Plane& plane, int width, int height)
{
    video::Frame frame(width, height, {8, video::Chroma::k400});
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const double value = plane[static_cast<std::size_t>(y * width + x)];
            frame.setSample(0, x, y,
                            static_cast<int>(std::nearbyint(std::clamp(value, 0.0, 255.0))));
        }
    return frame;
}

// As papers since SRCNN: luma alone, not rounded where it is small.
void addClassic(const Picture& original, std::int64_t scale, Means& means, double share)
{
    const Plane luma = planeOf(original);
    const auto width = original.width, height = original.height;
    const Plane low = resampledPlane(luma, width, height, width / scale, height / scale);
    const Plane high = resampledPlane(low, width / scale, height / scale, width, height);
    const int border = static_cast<int>(scale), columns = static_cast<int>(width),
              rows = static_cast<int>(height);
    const video::Frame reference = frameOf(luma, columns, rows),
                       test = frameOf(high, columns, rows);
    const video::Rectangle inside{border, border, columns - 2 * border, rows - 2 * border};
    means.classicPsnr += share * video::frameError(reference, test, inside).psnr(0);
    means.classicSsim += share * video::ssim(reference, test, 0, inside);
}

Means bicubicOn(const std::string& set, std::int64_t scale)
{
    Means means;
    const auto pairs = tests::benchmark(set, scale);
    const double share = 1.0 / static_cast<double>(pairs.size());
    for (const auto& [high, low] : pairs) {
        const Picture large = resampled(low, high.width, high.height, Filter::bicubic);
        const Quality quality = measured(high, large, scale).value();
        means.psnr += share * quality.psnrY;
        means.ssim += share * quality.ssimY;
        addClassic(high, scale, means, share);
    }
    return means;
}

// Papers print 33.66, 30.39, 28.42 dB and 0.9299, 0.8682, 0.8104 for bicubic on Set5.
TEST(SuperresQuality, OfBicubicOnSet5IsThatOfPapers)
{
    if (!tests::testData())
        GTEST_SKIP() << "set VITRINE_TEST_DATA";
    const Means x2 = bicubicOn("set5", 2), x3 = bicubicOn("set5", 3), x4 = bicubicOn("set5", 4);

    EXPECT_NEAR(x2.classicPsnr, 33.66, 0.005);
    EXPECT_NEAR(x3.classicPsnr, 30.39, 0.005);
    EXPECT_NEAR(x4.classicPsnr, 28.42, 0.005);
    EXPECT_NEAR(x2.classicSsim, 0.9299, 1e-4);
    EXPECT_NEAR(x3.classicSsim, 0.8682, 1e-4);
    EXPECT_NEAR(x4.classicSsim, 0.8104, 1e-4);
    EXPECT_NEAR(x2.psnr, 33.6455, 1e-4);
    EXPECT_NEAR(x3.psnr, 30.3876, 1e-4);
    EXPECT_NEAR(x4.psnr, 28.4188, 1e-4);
    EXPECT_NEAR(x2.ssim, 0.9293, 1e-4);
    EXPECT_NEAR(x3.ssim, 0.8678, 1e-4);
    EXPECT_NEAR(x4.ssim, 0.8102, 1e-4);
}

} // namespace
} // namespace vitrine::superres
