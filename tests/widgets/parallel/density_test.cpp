#include "widgets/parallel/density.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace vitrine::parallel
{
namespace
{

constexpr int kWidth = 40, kHeight = 64;

std::vector<float> randomHeights(std::mt19937& random, std::size_t rows)
{
    std::uniform_real_distribution<float> uniform(0, 1);
    std::vector<float> heights(rows);
    std::ranges::generate(heights, [&] { return uniform(random); });
    return heights;
}

// The judge: every line by itself, from bin middle to bin middle.
std::vector<float> densityOfEach(const std::vector<float>& left, const std::vector<float>& right,
                                 int bins)
{
    std::vector<float> density(kWidth * kHeight);
    const auto middle = [&](float height) {
        const int bin = std::min(static_cast<int>(height * static_cast<float>(bins)), bins - 1);
        return (kHeight - 1) * (1 - (static_cast<double>(bin) + 0.5) / bins);
    };
    for (std::size_t row = 0; row < left.size(); ++row)
        for (int x = 0; x < kWidth; ++x) {
            const double share = (x + 0.5) / kWidth;
            const double y = middle(left[row]) * (1 - share) + middle(right[row]) * share;
            const int above = static_cast<int>(y);
            density[static_cast<std::size_t>(above * kWidth + x)] +=
                static_cast<float>(1 - (y - above));
            density[static_cast<std::size_t>((above + 1) * kWidth + x)] +=
                static_cast<float>(y - above);
        }
    return density;
}

TEST(Density, BinnedLinesEqualTheLinesOneByOne)
{
    std::mt19937 random(7);
    const auto left = randomHeights(random, 500), right = randomHeights(random, 500);

    const auto binned = lineDensity(binLines(left, right, {}, 16), kWidth, kHeight);
    const auto each = densityOfEach(left, right, 16);

    for (std::size_t i = 0; i < each.size(); ++i)
        ASSERT_NEAR(binned[i], each[i], 2e-3) << i; // floats summed in another order
}

// The judge of the colours: a logarithm for every pixel.
TEST(Density, OpacityIsTheLogarithmOfTheLinesWithinOneStep)
{
    std::vector<float> density;
    for (float lines = 0.01F; lines < 90'000; lines *= 1.07F)
        density.push_back(lines);
    const auto count = static_cast<int>(density.size());

    const QImage image = densityImage(density, count, 1, QColor(10, 20, 30));

    for (int x = 0; x < count; ++x) {
        const double lines = static_cast<double>(density[static_cast<std::size_t>(x)]);
        const double share = std::log1p(lines) / std::log1p(static_cast<double>(density.back()));
        const double alpha = std::max(share, 0.10 * std::min(1.0, lines));
        EXPECT_NEAR(qAlpha(image.pixel(x, 0)), 255 * alpha, 1.0) << lines;
    }
}

TEST(Density, EveryColumnHoldsEveryLineOnce)
{
    std::mt19937 random(8);
    const auto left = randomHeights(random, 3000), right = randomHeights(random, 3000);
    const auto density = lineDensity(binLines(left, right, {}), kWidth, kHeight);

    for (int x = 0; x < kWidth; ++x) {
        double sum = 0;
        for (int y = 0; y < kHeight; ++y)
            sum += static_cast<double>(density[static_cast<std::size_t>(y * kWidth + x)]);
        EXPECT_NEAR(sum, 3000, 0.5) << x;
    }
}

TEST(Density, RowsWithoutAValueAndRowsNotKeptAreLeftOut)
{
    const std::vector<float> left{0.1F, 0.5F, std::nanf(""), 0.9F}, right{0.2F, 0.5F, 0.1F, 0.1F};
    const std::vector<std::uint8_t> kept{1, 0, 1, 1};

    EXPECT_EQ(binLines(left, right, {}).total, 3u);
    EXPECT_EQ(binLines(left, right, kept).total, 2u);
}

TEST(Density, TheEndsOfAnAxisAreInTheOutermostBins)
{
    const Bins bins = binLines(std::vector<float>{0, 1}, std::vector<float>{1, 0}, {}, 4);

    EXPECT_EQ(bins.counts[3], 1u);
    EXPECT_EQ(bins.counts[12], 1u);
}

TEST(Density, MoreLinesAreMoreOpaqueAndNoLineIsNothing)
{
    const std::vector<float> density{0, 1, 100};
    const QImage image = densityImage(density, 3, 1, Qt::blue);

    EXPECT_EQ(qAlpha(image.pixel(0, 0)), 0);
    EXPECT_GT(qAlpha(image.pixel(1, 0)), 20);
    EXPECT_EQ(qAlpha(image.pixel(2, 0)), 255);
}

} // namespace
} // namespace vitrine::parallel
