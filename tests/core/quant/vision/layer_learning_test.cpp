// The two optional passes that learn: AdaRound and the steps of activations.
#include "core/quant/vision/ada_round.h"
#include "core/quant/vision/step_learning.h"

#include "core/base/random.h"
#include "core/quant/vision/scale_search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::quant
{
namespace
{

// A small layer whose inputs lean on each other, which is what rounding can use.
struct SmallLayer {
    Matrix weights, x, y; // [8, 16], [300, 16], [300, 8]
};

SmallLayer smallLayer(std::uint64_t seed)
{
    Random random(seed);
    const auto normal = [&] { return random.normal(); };
    SmallLayer layer;
    layer.weights = Matrix::NullaryExpr(8, 16, normal);
    const Matrix hidden = Matrix::NullaryExpr(300, 6, normal),
                 mixing = Matrix::NullaryExpr(6, 16, normal),
                 noise = Matrix::NullaryExpr(300, 16, normal);
    layer.x = hidden * mixing + 0.3 * noise;
    layer.y = layer.x * layer.weights.transpose();
    return layer;
}

std::vector<CodeGrid> weightGrids(const Matrix& weights, int bits)
{
    std::vector<CodeGrid> grids;
    for (Eigen::Index row = 0; row < weights.rows(); ++row)
        grids.push_back(gridOver({weights.row(row).minCoeff(), weights.row(row).maxCoeff()},
                                 GridKind::affine, bits));
    return grids;
}

LayerSums sumsOf(const SmallLayer& layer)
{
    LayerSums sums(8, 16);
    sums.add(layer.x.topRows(100), layer.y.topRows(100));
    sums.add(layer.x.bottomRows(200), layer.y.bottomRows(200));
    return sums;
}

double plainError(const SmallLayer& layer, const Matrix& weights)
{
    return (layer.x * weights.transpose() - layer.y).squaredNorm() / 300;
}

TEST(LayerSums, KnowTheErrorOfAnyWeights)
{
    const SmallLayer layer = smallLayer(1);
    const LayerSums sums = sumsOf(layer);

    EXPECT_EQ(sums.samples, 300);
    EXPECT_NEAR(sums.meanError(layer.weights), 0, 1e-9);
    const Matrix other = layer.weights.array().round();
    EXPECT_NEAR(sums.meanError(other), plainError(layer, other), 1e-9);
}

TEST(AdaRound, OutputsErrLessThanWithTheNearestCodes)
{
    for (const int bits : {3, 4}) {
        const SmallLayer layer = smallLayer(2);
        const auto grids = weightGrids(layer.weights, bits);

        const auto rounded =
            *adaRound(layer.weights, grids, sumsOf(layer), {.iterations = 4000, .rate = 5e-3});

        EXPECT_LT(rounded.error, 0.6 * rounded.nearestError) << bits << " bits";
        EXPECT_NEAR(rounded.error, plainError(layer, rounded.decoded), 1e-9);
        for (Eigen::Index row = 0; row < 8; ++row)
            for (Eigen::Index column = 0; column < 16; ++column) {
                const CodeGrid& grid = grids[static_cast<std::size_t>(row)];
                const auto code = rounded.codes[static_cast<std::size_t>(row * 16 + column)];
                ASSERT_NEAR(grid.value(code), rounded.decoded(row, column), 1e-12);
                ASSERT_LE(std::abs(grid.value(code) - layer.weights(row, column)), grid.scale * 1.5)
                    << "the code below or above, or the nearest at the grid's end";
            }
    }
}

TEST(AdaRound, FewStepsNeverEndAboveTheNearestCodes)
{
    const SmallLayer layer = smallLayer(3);
    const auto rounded =
        *adaRound(layer.weights, weightGrids(layer.weights, 4), sumsOf(layer), {.iterations = 1});

    EXPECT_LE(rounded.error, rounded.nearestError);
    EXPECT_NEAR(rounded.error, plainError(layer, rounded.decoded), 1e-9);
}

TEST(AdaRound, StopsWhenAskedAndRefusesNaN)
{
    SmallLayer layer = smallLayer(4);
    const auto grids = weightGrids(layer.weights, 4);
    const LayerSums sums = sumsOf(layer);
    double last = -1;
    const auto stopped =
        adaRound(layer.weights, grids, sums, {.iterations = 1000}, [&](double share) {
            EXPECT_GT(share, last);
            last = share;
            return share < 0.2;
        });

    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
    EXPECT_NEAR(last, 0.2, 1e-12);
    layer.weights(0, 0) = std::nan("");
    EXPECT_EQ(adaRound(layer.weights, grids, sums).error().kind, ErrorKind::input);
}

// Activations of 4 bits with a few far out: the widest grid is not the best for the outputs.
SmallLayer layerWithOutliers()
{
    SmallLayer layer = smallLayer(5);
    for (Eigen::Index row = 0; row < 300; row += 60)
        layer.x.row(row) *= 4;
    layer.y = layer.x * layer.weights.transpose();
    return layer;
}

double powerError(const SmallLayer& layer, const CodeGrid& grid)
{
    const Matrix x = layer.x.unaryExpr([&](double v) { return grid.nearest(v, Rounding::halfUp); });
    return (x * layer.weights.transpose() - layer.y).cwiseAbs().array().pow(2.4).sum() / 300;
}

TEST(LearnStep, OutputsErrLess)
{
    const SmallLayer layer = layerWithOutliers();
    const CodeGrid widest =
        gridOver({layer.x.minCoeff(), layer.x.maxCoeff()}, GridKind::symmetric, 4);

    const auto learned =
        *learnStep(layer.weights, layer.x, layer.y, widest, {.iterations = 1500, .rate = 4e-3});

    EXPECT_NEAR(learned.errorBefore, powerError(layer, widest), 1e-6 * learned.errorBefore);
    EXPECT_NEAR(learned.errorAfter, powerError(layer, learned.grid), 1e-6 * learned.errorBefore);
    EXPECT_LT(learned.errorAfter, 0.95 * learned.errorBefore);
    EXPECT_EQ(learned.grid.zero, widest.zero);
    EXPECT_EQ(learned.grid,
              learnStep(layer.weights, layer.x, layer.y, widest, {.iterations = 1500, .rate = 4e-3})
                  ->grid)
        << "the seed decides";
}

TEST(LearnStep, NeverEndsAboveItsStart)
{
    const SmallLayer layer = layerWithOutliers();
    const CodeGrid widest =
        gridOver({layer.x.minCoeff(), layer.x.maxCoeff()}, GridKind::symmetric, 4);

    // A rate far too large.
    const auto wild =
        *learnStep(layer.weights, layer.x, layer.y, widest, {.iterations = 20, .rate = 100});

    EXPECT_EQ(wild.grid, widest);
    EXPECT_EQ(wild.errorAfter, wild.errorBefore);
}

TEST(LearnStep, StopsWhenAsked)
{
    const SmallLayer layer = smallLayer(6);
    EXPECT_EQ(
        learnStep(layer.weights, layer.x, layer.y, {.scale = 0.1}, {}, [](double) { return false; })
            .error()
            .kind,
        ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quant
