#include "core/quant/vision/smoothing.h"

#include "core/base/random.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::quant
{
namespace
{

// Inputs some of whose channels are much larger than the others, as those behind a LayerNorm are.
struct UnevenLayer {
    Matrix rows, weights;
};
UnevenLayer unevenLayer(Random& random)
{
    UnevenLayer layer{Matrix(64, 12), Matrix(20, 12)};
    for (Eigen::Index i = 0; i < layer.rows.size(); ++i)
        layer.rows.data()[i] = random.normal() * (i % 12 == 3 ? 40 : 1);
    for (Eigen::Index i = 0; i < layer.weights.size(); ++i)
        layer.weights.data()[i] = 0.1 * random.normal();
    return layer;
}

TEST(Smoothing, ExponentsAreNearestByTheArithmeticMidpoint)
{
    // 16^0.5 / 1 = 4; 2.25^0.5 / 1 = 1.5, the midpoint; above it; 4^0.5 / 64^0.5 = 1 / 4.
    const std::vector<double> inputs = {16, 2.25, 2.26, 4, 0, 5}, weights = {1, 1, 1, 64, 1, 0};
    EXPECT_EQ(smoothingExponents(inputs, weights, 0.5), (std::vector<int>{2, 0, 1, -2, 0, 0}));
    // 16^0.25 / 16^0.75
    EXPECT_EQ(smoothingExponents(std::vector{16.0}, std::vector{16.0}, 0.25), std::vector<int>{-2});
}

TEST(Smoothing, MaximaAreThoseOfAllRowsSeen)
{
    std::vector<double> maxima(2);
    raiseMaxima(std::vector<float>{1, -2, -3, 1}, maxima);
    raiseMaxima(std::vector<double>{2, 5}, maxima);
    EXPECT_EQ(maxima, (std::vector<double>{3, 5}));
    Matrix weights(2, 2);
    weights << 1, -7, -3, 2;
    EXPECT_EQ(columnMaxima(weights), (std::vector<double>{3, 7}));
}

// Invariant 2: not one bit of a single-precision layer changes.
TEST(Smoothing, LeavesTheLayersOutputAsItWas)
{
    Random random(1);
    const UnevenLayer layer = unevenLayer(random);
    std::vector<double> inputMaxima(12);
    raiseMaxima(std::span(layer.rows.data(), static_cast<std::size_t>(layer.rows.size())),
                inputMaxima);
    const auto exponents = smoothingExponents(inputMaxima, columnMaxima(layer.weights), 0.35);
    EXPECT_NE(exponents, std::vector<int>(12));
    Matrix smooth = layer.weights;
    const auto inverse = smoothColumns(smooth, exponents);
    for (Eigen::Index row = 0; row < layer.rows.rows(); ++row)
        for (Eigen::Index output = 0; output < smooth.rows(); ++output) {
            float before = 0, after = 0;
            for (Eigen::Index j = 0; j < 12; ++j) {
                const auto factor = static_cast<float>(inverse[static_cast<std::size_t>(j)]);
                before += static_cast<float>(layer.rows(row, j)) *
                          static_cast<float>(layer.weights(output, j));
                after += static_cast<float>(layer.rows(row, j)) * factor *
                         static_cast<float>(smooth(output, j));
            }
            ASSERT_EQ(before, after);
        }
}

TEST(Smoothing, HelpsALayerWithOneLargeChannel)
{
    Random random(2);
    const UnevenLayer layer = unevenLayer(random);
    const auto choice = chooseSmoothing(layer.rows, layer.weights, {.bits = 8});
    ASSERT_TRUE(choice.alpha);
    ASSERT_EQ(choice.losses.size(), 5u);
    EXPECT_LT(*std::ranges::min_element(choice.losses), 0.5 * choice.losses[0]);
    EXPECT_EQ(smoothedLoss(layer.rows, layer.weights, choice.exponents, {.bits = 8}),
              *std::ranges::min_element(choice.losses));
}

TEST(Smoothing, NoneIsTakenWhereNothingIsLostAnyway)
{
    // All inputs and weights lie on their grids already.
    Matrix ones = Matrix::Ones(4, 3);
    const auto choice = chooseSmoothing(ones, ones, {.bits = 8});
    EXPECT_FALSE(choice.alpha);
    EXPECT_EQ(choice.exponents, std::vector<int>(3));
}

} // namespace
} // namespace vitrine::quant
