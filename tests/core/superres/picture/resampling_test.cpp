#include "core/superres/picture/resampling.h"

#include "core/base/random.h"
#include "core/superres/picture/cv_resampling.h"
#include "tests/core/superres/pictures.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>

namespace vitrine::superres
{
namespace
{

double slowKernel(Filter filter, double x)
{
    const double d = std::abs(x), pi = std::numbers::pi;
    if (filter == Filter::bilinear)
        return d < 1 ? 1 - d : 0;
    if (filter == Filter::bicubic)
        return d < 1   ? 1 - 2.5 * d * d + 1.5 * d * d * d
               : d < 2 ? 2 - 4 * d + 2.5 * d * d - 0.5 * d * d * d
                       : 0;
    if (d >= 3)
        return 0;
    return d == 0 ? 1 : 3 * std::sin(pi * d) * std::sin(pi * d / 3) / (pi * pi * d * d);
}

std::int64_t slowPlace(std::int64_t at, std::int64_t size)
{
    while (at < 0 || at >= size)
        at = at < 0 ? -1 - at : 2 * size - 1 - at;
    return at;
}

// One sample, straight from the definition: all pixels near and far, each with its weight.
double slowSample(const Picture& picture, std::int64_t width, std::int64_t height, std::int64_t x,
                  std::int64_t y, std::int64_t channel, Filter filter)
{
    const double scaleX = double(width) / double(picture.width);
    const double scaleY = double(height) / double(picture.height);
    const double atX = (double(x) + 0.5) / scaleX - 0.5, atY = (double(y) + 0.5) / scaleY - 0.5;
    const double narrowX = std::min(1.0, scaleX), narrowY = std::min(1.0, scaleY);
    const auto reachX = std::int64_t(4 / narrowX) + 1, reachY = std::int64_t(4 / narrowY) + 1;
    const auto midX = std::int64_t(std::floor(atX)), midY = std::int64_t(std::floor(atY));
    double sum = 0, weights = 0;
    for (std::int64_t j = midY - reachY; j <= midY + reachY; ++j)
        for (std::int64_t i = midX - reachX; i <= midX + reachX; ++i) {
            const double weight = slowKernel(filter, (atX - double(i)) * narrowX) *
                                  slowKernel(filter, (atY - double(j)) * narrowY);
            const auto from =
                slowPlace(j, picture.height) * picture.width + slowPlace(i, picture.width);
            sum += weight * picture.values[std::size_t(from * picture.channels + channel)];
            weights += weight;
        }
    return sum / weights;
}

constexpr std::int64_t kSizes[][4] = {{6, 5, 12, 10}, {5, 4, 15, 12}, {4, 3, 16, 12}, {12, 8, 6, 4},
                                      {12, 9, 4, 3},  {16, 8, 4, 2},  {7, 9, 10, 5},  {1, 1, 4, 3},
                                      {9, 1, 2, 1},   {2, 3, 1, 1}};

TEST(Resampling, IsWhatItsDefinitionSays)
{
    for (const Filter filter : {Filter::bilinear, Filter::bicubic, Filter::lanczos3})
        for (const auto& [w, h, width, height] : kSizes) {
            const Picture picture = tests::noisePicture(w, h, w + h % 2 == 0 ? 1 : 3);
            const Picture result = resampled(picture, width, height, filter);
            ASSERT_EQ(result.values.size(), std::size_t(width * height * picture.channels));
            for (std::int64_t i = 0; i < std::int64_t(result.values.size()); ++i) {
                const std::int64_t pixel = i / picture.channels;
                const double exact =
                    std::clamp(slowSample(picture, width, height, pixel % width, pixel / width,
                                          i % picture.channels, filter),
                               0.0, 255.0);
                // Either neighbour may be right where the sum is the middle between two.
                EXPECT_NEAR(result.values[std::size_t(i)], exact, 0.5 + 1e-9);
            }
        }
}

TEST(Resampling, TakesTheNearestPixel)
{
    const Picture picture{3, 1, 1, {10, 20, 30}};
    EXPECT_EQ(resampled(picture, 6, 1, Filter::nearest).values,
              (std::vector<std::uint8_t>{10, 10, 20, 20, 30, 30}));
    EXPECT_EQ(resampled(picture, 1, 1, Filter::nearest).values, (std::vector<std::uint8_t>{20}));
}

TEST(Resampling, GivesTheMiddleBetweenTwoToTheEvenOne)
{
    const Picture picture{2, 1, 1, {0, 1}}, next{2, 1, 1, {1, 2}};
    EXPECT_EQ(resampled(picture, 1, 1, Filter::bilinear).values[0], 0);
    EXPECT_EQ(resampled(next, 1, 1, Filter::bilinear).values[0], 2);
}

TEST(Resampling, OfAnImageIsThatOfThePicture)
{
    for (const Filter filter :
         {Filter::nearest, Filter::bilinear, Filter::bicubic, Filter::lanczos3})
        for (const std::int64_t scale : {2, 3, 4}) {
            const Picture picture = tests::noisePicture(48, 48, 3);
            const Image large = resampled(imageOf(picture), 48 * scale, 48 * scale, filter);
            EXPECT_EQ(pictureOf(large).values,
                      resampled(picture, 48 * scale, 48 * scale, filter).values);
            const Image small = resampled(imageOf(picture), 48 / scale, 48 / scale, filter);
            EXPECT_EQ(pictureOf(small).values,
                      resampled(picture, 48 / scale, 48 / scale, filter).values);
        }
}

TEST(Resampling, DoesNotClampImages)
{
    Image image = blankImage(8, 1);
    std::fill(image.values.begin() + 12, image.values.end(), 1.0f);
    const Image large = resampled(image, 16, 1, Filter::bicubic);
    EXPECT_LT(*std::ranges::min_element(large.values), -0.01f);
    EXPECT_GT(*std::ranges::max_element(large.values), 1.01f);
}

TEST(Resampling, IsEqualForEveryNumberOfThreads)
{
    const Picture picture = tests::noisePicture(90, 70, 3);
    const Picture one = resampled(picture, 270, 210, Filter::lanczos3, 1);
    for (const int threads : {2, 3, 7})
        EXPECT_EQ(resampled(picture, 270, 210, Filter::lanczos3, threads).values, one.values);
}

Picture pictureIn(std::istream& table)
{
    Picture picture;
    std::string digits;
    table >> picture.width >> picture.height >> digits;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        picture.values.push_back(
            static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
    return picture;
}

TEST(Resampling, GivesTheBytesThatNetworksWereTrainedOn)
{
    const auto golden = tests::goldenData("superres/bicubic.txt");
    if (!golden)
        GTEST_SKIP() << "set VITRINE_GOLDEN to tests/golden";
    std::ifstream table(*golden);
    int cases = 0;
    while (table >> std::ws && table.peek() != EOF) {
        const Picture picture = pictureIn(table), expected = pictureIn(table);
        EXPECT_EQ(resampled(picture, expected.width, expected.height, Filter::bicubic).values,
                  expected.values)
            << picture.width << " x " << picture.height << " to " << expected.width;
        ++cases;
    }
    EXPECT_EQ(cases, 9);
}

// The small pictures of the benchmarks were made by MATLAB, which rounds 8-bit pictures after the
// rows and again after the columns. So made, 98.8 % of the bytes are ours; rounded once, 86 %.
TEST(Resampling, MakesTheSmallPicturesOfSet5)
{
    if (!tests::testData())
        GTEST_SKIP() << "set VITRINE_TEST_DATA";
    std::size_t values = 0, different = 0;
    for (const std::int64_t scale : {2, 3, 4})
        for (const auto& [high, low] : tests::benchmark("set5", scale)) {
            const Picture rows = resampled(high, high.width, low.height, Filter::bicubic);
            const Picture ours = resampled(rows, low.width, low.height, Filter::bicubic);
            for (std::size_t i = 0; i < low.values.size(); ++i)
                different += ours.values[i] != low.values[i];
            values += low.values.size();
        }
    EXPECT_EQ(values, 719'952u);
    EXPECT_LT(static_cast<double>(different), 0.012 * static_cast<double>(values));
}

TEST(CvResampling, KeepsFlatPicturesAndDiffersFromKeys)
{
    const Picture flat{4, 3, 3, std::vector<std::uint8_t>(36, 77)};
    const Picture noise = tests::noisePicture(16, 16, 3);
    for (const CvFilter filter : {CvFilter::cubic, CvFilter::lanczos4}) {
        EXPECT_EQ(resizedByOpenCv(flat, 8, 6, filter).values,
                  std::vector<std::uint8_t>(4 * 36, 77));
        EXPECT_NE(resizedByOpenCv(noise, 32, 32, filter).values,
                  resampled(noise, 32, 32, Filter::bicubic).values);
    }
    // a = -3/4 at 1/4 and 3/4: the pixels of an edge of 128 overshoot more than with -1/2.
    const Picture edge{4, 1, 1, {0, 0, 128, 128}};
    EXPECT_EQ(resizedByOpenCv(edge, 8, 1, CvFilter::cubic).values[6], 132);
    EXPECT_EQ(resampled(edge, 8, 1, Filter::bicubic).values[6], 131);
}

} // namespace
} // namespace vitrine::superres
