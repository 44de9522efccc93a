#include "core/learning/nets/superres/shift_conv.h"

#include <gtest/gtest.h>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// The shift as the released code does it: a depthwise 3x3 convolution with one weight of 1 a
// channel.
Tensor maskedConvolution(const Tensor& x)
{
    const int64_t channels = x.size(3), group = channels / 5;
    const Tensor weight = torch::zeros({channels, 1, 3, 3}, x.options());
    const int64_t places[5][2] = {{1, 2}, {1, 0}, {2, 1}, {0, 1}, {1, 1}};
    for (int64_t c = 0; c < channels; ++c) {
        const auto& place = places[std::min<int64_t>(4, c / group)];
        weight[c][0][place[0]][place[1]] = 1.0;
    }
    return torch::conv2d(x.permute({0, 3, 1, 2}), weight, {}, 1, 1, 1, channels)
        .permute({0, 2, 3, 1});
}

TEST(ShiftChannels, IsAMaskedConvolutionAndSoIsItsGradient)
{
    torch::manual_seed(1);
    for (const auto& [height, width] : {std::pair<int64_t, int64_t>{1, 1}, {5, 3}, {8, 16}}) {
        const Tensor x = torch::randn({2, height, width, 12}).requires_grad_();
        const Tensor weights = torch::randn({2, height, width, 12});

        const Tensor ours = shiftChannels(x), judge = maskedConvolution(x);
        const Tensor slope = torch::autograd::grad({(ours * weights).sum()}, {x})[0];
        const Tensor judgeSlope = torch::autograd::grad({(judge * weights).sum()}, {x})[0];

        EXPECT_TRUE(torch::equal(ours, judge));
        EXPECT_TRUE(torch::equal(slope, judgeSlope));
    }
}

TEST(ShiftConv, HasNoOtherParametersThanItsOneByOneConvolution)
{
    const ShiftConv conv(30, 60);

    EXPECT_EQ(conv->named_parameters().size(), 2u);
    EXPECT_EQ(conv->named_parameters()["conv1x1.weight"].sizes(),
              (std::vector<int64_t>{60, 30, 1, 1}));
    EXPECT_EQ(conv->named_buffers().size(), 0u);
}

} // namespace
} // namespace vitrine::learning
