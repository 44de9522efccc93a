#include "core/learning/nets/codec/warp.h"

#include "core/learning/nets/codec/deform.h"
#include "tests/core/learning/codec/gradients.h"

#include <gtest/gtest.h>

namespace vitrine::learning::codec
{
namespace
{

torch::Tensor numbers(torch::IntArrayRef shape, double scale = 1.0)
{
    return torch::randn(shape, torch::kDouble) * scale;
}

TEST(Warp, OfNoMotionIsTheSamePictureBitForBit)
{
    const auto x = torch::rand({2, 3, 5, 7});

    EXPECT_TRUE(torch::equal(warp(x, torch::zeros({2, 2, 5, 7})), x));
}

TEST(Warp, ReadsWhereTheFlowPoints)
{
    const auto x = torch::arange(12).to(torch::kFloat).view({1, 1, 3, 4});
    auto flow = torch::zeros({1, 2, 3, 4});
    flow[0][0].fill_(1.0f); // to the right
    flow[0][1].fill_(0.5f); // down

    const auto y = warp(x, flow);

    EXPECT_FLOAT_EQ(y[0][0][0][0].item<float>(), 3.0f);  // between 1 and 5
    EXPECT_FLOAT_EQ(y[0][0][2][3].item<float>(), 11.0f); // held at the corner
}

TEST(Warp, HasTheGradientOfItsDifferences)
{
    torch::manual_seed(6);
    const auto direction = numbers({2, 2, 4, 5});

    const double error =
        gradientError([&](const auto& in) { return (warp(in[0], in[1]) * direction).sum(); },
                      {numbers({2, 2, 4, 5}), numbers({2, 2, 4, 5}, 1.7)});

    EXPECT_LT(error, 1e-7);
}

TEST(EnlargedFlow, IsEightTimesAsLongOnEightTimesThePixels)
{
    const auto flow = enlargedFlow(torch::full({1, 2, 2, 3}, 0.25));

    ASSERT_EQ(flow.sizes(), torch::IntArrayRef({1, 2, 16, 24}));
    EXPECT_TRUE(torch::allclose(flow, torch::full({1, 2, 16, 24}, 2.0)));
}

TEST(DeformedTaps, HasTheGradientOfItsDifferences)
{
    torch::manual_seed(7);
    const auto direction = numbers({1, 12, 9 * 16});

    const double error = gradientError(
        [&](const auto& in) { return (deformedTaps(in[0], in[1], in[2]) * direction).sum(); },
        {numbers({1, 16, 3, 4}), numbers({1, 18, 2, 3, 4}, 1.3), numbers({1, 18, 3, 4})});

    EXPECT_LT(error, 1e-7);
}

// Offsets zero and masks one: the taps of a plain convolution, but for the border, which is
// repeated.
TEST(DeformedTaps, WithoutOffsetsAreThoseOfAConvolution)
{
    torch::manual_seed(8);
    const auto x = torch::randn({2, 16, 5, 6}), weight = torch::randn({4, 16, 3, 3});
    const auto padded = torch::replication_pad2d(x, {1, 1, 1, 1});

    const auto taps = deformedTaps(x, torch::zeros({2, 18, 2, 5, 6}), torch::ones({2, 18, 5, 6}));
    const auto y = taps.matmul(weight.permute({2, 3, 1, 0}).reshape({9 * 16, 4}));

    EXPECT_TRUE(torch::allclose(y.transpose(1, 2).view({2, 4, 5, 6}), torch::conv2d(padded, weight),
                                1e-4, 1e-4));
}

// Spec, invariant 11: whole offsets gather, a mask that is one at the centre alone leaves a 1x1
// convolution.
TEST(DeformedTaps, GatherByWholeOffsets)
{
    torch::manual_seed(9);
    const auto x = torch::randn({1, 16, 6, 6});
    auto offsets = torch::zeros({1, 18, 2, 6, 6});
    offsets.select(2, 0).fill_(1.0f);
    auto masks = torch::zeros({1, 18, 6, 6});
    masks.select(1, 4).fill_(1.0f);
    masks.select(1, 13).fill_(1.0f);

    const auto taps = deformedTaps(x, offsets, masks).view({6, 6, 9, 16});

    EXPECT_TRUE(torch::equal(taps[2][3][4], x[0].permute({1, 2, 0})[2][4]));
    EXPECT_EQ(taps.select(2, 0).abs().max().item<float>(), 0.0f);
}

} // namespace
} // namespace vitrine::learning::codec
