#include "core/learning/nets/codec/layers.h"

#include <gtest/gtest.h>

namespace vitrine::learning::codec
{
namespace
{

TEST(Up, IsTheTransposedConvolutionOfItsWeights)
{
    torch::manual_seed(3);
    Up up(5, 7);
    up->to(torch::kDouble);
    const auto x = torch::randn({2, 5, 3, 4}, torch::kDouble);

    const auto expected = torch::conv_transpose2d(x, up->weight, up->bias, 2, 1);

    EXPECT_TRUE(torch::allclose(up(x), expected, 1e-12, 1e-12));
}

TEST(Down, RoundsOddSidesUp)
{
    EXPECT_EQ(down(2, 3)(torch::zeros({1, 2, 5, 8})).sizes(), torch::IntArrayRef({1, 3, 3, 4}));
}

TEST(Padded, RepeatsTheLastColumnAndRow)
{
    const auto x = torch::arange(6).to(torch::kFloat).view({1, 1, 2, 3});

    const auto y = padded(x);

    ASSERT_EQ(y.sizes(), torch::IntArrayRef({1, 1, 16, 16}));
    EXPECT_TRUE(torch::equal(cropped(y, 2, 3), x));
    EXPECT_EQ(y[0][0][15][15].item<float>(), 5.0f);
    EXPECT_EQ(y[0][0][0][15].item<float>(), 2.0f);
    EXPECT_EQ(y[0][0][15][0].item<float>(), 3.0f);
}

} // namespace
} // namespace vitrine::learning::codec
