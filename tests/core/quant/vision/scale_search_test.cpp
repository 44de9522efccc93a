#include "core/quant/vision/scale_search.h"

#include "core/base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

using testing::HasSubstr;

// A bell with a few values far out, as activations are.
std::vector<float> bellWithOutliers(std::size_t count, std::uint64_t seed, double mean = 0)
{
    Random random(seed);
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<float>(mean + random.normal() * (i % 100 == 0 ? 6 : 1));
    return values;
}

// The loss as it is written.
double plainLoss(const std::vector<float>& values, const CodeGrid& grid)
{
    double sum = 0;
    for (const float x : values)
        sum += std::pow(std::abs(x - grid.nearest(x, Rounding::halfUp)), 2.4);
    return sum / static_cast<double>(values.size());
}

TEST(GridOver, FollowsTheReleasedCodeAndThePaper)
{
    const ValueRange range{-1, 4.1};

    const CodeGrid affine = gridOver(range, GridKind::affine, 8);
    EXPECT_DOUBLE_EQ(affine.scale, 5.1 / 255);
    EXPECT_EQ(affine.zero, 50);
    EXPECT_EQ(affine.low(), 0);
    EXPECT_EQ(affine.code(4.1, Rounding::halfUp), 255);
    const CodeGrid symmetric = gridOver(range, GridKind::symmetric, 8);
    EXPECT_DOUBLE_EQ(symmetric.scale, 4.1 / 127);
    EXPECT_EQ(symmetric.zero, 0);
    EXPECT_TRUE(symmetric.isSigned);
}

TEST(GridOver, OneValueStillHasAGrid)
{
    EXPECT_NEAR(gridOver({3, 3}, GridKind::affine, 8).nearest(3, Rounding::halfUp), 3, 1e-12);
    EXPECT_NEAR(gridOver({-3, -3}, GridKind::affine, 8).nearest(-3, Rounding::halfUp), -3, 1e-12);
    EXPECT_EQ(gridOver({0, 0}, GridKind::symmetric, 8).nearest(0, Rounding::halfUp), 0);
}

TEST(ScaleSearch, ShrinksBothEndsInEightySteps)
{
    const ScaleSearch search = *ScaleSearch::over({-2, 8}, GridKind::affine, 8);

    ASSERT_EQ(search.candidates().size(), 80u);
    EXPECT_DOUBLE_EQ(search.candidates()[0].scale, 10.0 / 255);
    EXPECT_DOUBLE_EQ(search.candidates()[1].scale, 9.9 / 255);
    EXPECT_NEAR(search.candidates()[79].scale, 2.1 / 255, 1e-15);
    for (const CodeGrid& grid : search.candidates())
        EXPECT_EQ(grid.zero, 51) << "the share of either side stays";
}

TEST(ScaleSearch, LossesAreThoseOfTheFormula)
{
    for (const GridKind kind : {GridKind::affine, GridKind::symmetric})
        for (const int bits : {2, 4, 8}) {
            const auto values = bellWithOutliers(2000, 1, 0.7);
            ScaleSearch search = *ScaleSearch::over(rangeOf(values), kind, bits);
            search.add(values);

            std::vector<double> plain;
            for (const CodeGrid& grid : search.candidates())
                plain.push_back(plainLoss(values, grid));
            std::size_t best = 0;
            for (std::size_t i = 0; i < plain.size(); ++i) {
                const double step = std::pow(search.candidates()[i].scale, 2.4);
                ASSERT_NEAR(search.meanLoss(i) / step, plain[i] / step, 8e-8) << bits << ", " << i;
                best = plain[i] < plain[best] ? i : best;
            }
            EXPECT_EQ(search.bestCandidate(), best);
            EXPECT_TRUE(bits != 4 || best > 0) << "outliers are worth cutting";
        }
}

TEST(ScaleSearch, EvenlySpreadValuesKeepTheirRange)
{
    std::vector<float> values;
    for (int i = -1000; i <= 1000; ++i)
        values.push_back(static_cast<float>(i) / 100);

    EXPECT_DOUBLE_EQ(searchedGrid(values, GridKind::affine, 8)->scale, 20.0 / 255);
}

TEST(ScaleSearch, PicturesAddUp)
{
    const auto values = bellWithOutliers(3000, 2);
    const std::span<const float> all(values);

    ScaleSearch search = *ScaleSearch::over(rangeOf(values), GridKind::affine, 4);
    for (std::size_t first = 0; first < values.size(); first += 700)
        search.add(all.subspan(first, std::min<std::size_t>(700, values.size() - first)));

    EXPECT_EQ(search.best(), *searchedGrid(values, GridKind::affine, 4));
}

TEST(ScaleSearch, EachFilterHasItsOwnGrid)
{
    const auto first = bellWithOutliers(90, 3);
    auto both = first;
    for (const float x : first)
        both.push_back(x * 100);

    const auto grids = *searchedFilterGrids(both, 2, GridKind::symmetric, 8);

    EXPECT_EQ(grids[0], *searchedGrid(first, GridKind::symmetric, 8));
    EXPECT_NEAR(grids[1].scale / grids[0].scale, 100, 1e-4);
}

TEST(ScaleSearch, RefusesWhatHasNoScale)
{
    const float nan = std::nanf("");
    EXPECT_THAT(searchedGrid({}, GridKind::affine, 8).error().message, HasSubstr("no values"));
    EXPECT_THAT(searchedFilterGrids(std::vector{1.0f, 2.0f, nan, 1.0f}, 2, GridKind::affine, 8)
                    .error()
                    .message,
                HasSubstr("filter 1"));
    EXPECT_FALSE(searchedGrid(std::vector{1.0f, INFINITY}, GridKind::affine, 8));
}

} // namespace
} // namespace vitrine::quant
