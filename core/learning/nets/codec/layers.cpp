#include "core/learning/nets/codec/layers.h"

#include <cmath>

namespace vitrine::learning::codec
{

using torch::Tensor;
namespace nn = torch::nn;

namespace
{

template <typename Layer>
Layer startedLayer(Layer layer, int64_t inputs, double gain = 2.0)
{
    torch::NoGradGuard guard;
    layer->weight.normal_(0.0, std::sqrt(gain / static_cast<double>(inputs)));
    layer->bias.zero_();
    return layer;
}

// 16 x 36: which of the 4x4 weights each of the four phases' 3x3 kernels has where. Output 2 m + a
// reads inputs m - 1 + a + i, i = 0, 1, with weights 3, 1 (a = 0) or 2, 0 (a = 1).
Tensor phaseSelection()
{
    constexpr int kWeight[2][3] = {{3, 1, -1}, {-1, 2, 0}};
    Tensor selection = torch::zeros({16, 4, 3, 3});
    for (int a = 0; a < 2; ++a)
        for (int b = 0; b < 2; ++b)
            for (int y = 0; y < 3; ++y)
                for (int x = 0; x < 3; ++x)
                    if (kWeight[a][y] >= 0 && kWeight[b][x] >= 0)
                        selection[4 * kWeight[a][y] + kWeight[b][x]][2 * a + b][y][x] = 1.0f;
    return selection.view({16, 36});
}

} // namespace

Tensor leaky(Tensor x)
{
    return torch::leaky_relu_(x, kSlope);
}

nn::Conv2d conv1(int64_t in, int64_t out)
{
    return startedLayer(nn::Conv2d(nn::Conv2dOptions(in, out, 1)), in, 1.0);
}

nn::Conv2d conv3(int64_t in, int64_t out)
{
    return startedLayer(nn::Conv2d(nn::Conv2dOptions(in, out, 3).padding(1)), 9 * in);
}

nn::Conv2d down(int64_t in, int64_t out)
{
    return startedLayer(nn::Conv2d(nn::Conv2dOptions(in, out, 3).stride(2).padding(1)), 9 * in);
}

void zero(nn::Conv2d& layer)
{
    torch::NoGradGuard guard;
    layer->weight.zero_();
    layer->bias.zero_();
}

UpImpl::UpImpl(int64_t in, int64_t out)
    : weight(register_parameter("weight", torch::randn({in, out, 4, 4}) *
                                              std::sqrt(2.0 / static_cast<double>(4 * in)))),
      bias(register_parameter("bias", torch::zeros({out})))
{
}

Tensor UpImpl::forward(const Tensor& x)
{
    static const Tensor selection = phaseSelection();
    const int64_t in = weight.size(0), out = weight.size(1);
    const Tensor phases = weight.view({in * out, 16})
                              .matmul(selection.to(weight.scalar_type()))
                              .view({in, 4 * out, 3, 3})
                              .transpose(0, 1)
                              .contiguous();
    const Tensor added = bias.view({out, 1}).expand({out, 4}).reshape({4 * out});
    return torch::pixel_shuffle(torch::conv2d(x, phases, added, 1, 1), 2);
}

void UpImpl::zero()
{
    torch::NoGradGuard guard;
    weight.zero_();
    bias.zero_();
}

ResidualImpl::ResidualImpl(int64_t channels)
    : first_(register_module("conv1", conv3(channels, channels))),
      second_(register_module("conv2", conv3(channels, channels)))
{
    torch::NoGradGuard guard;
    second_->weight.mul_(0.25); // a residual pair starts near the identity
}

Tensor ResidualImpl::forward(const Tensor& x)
{
    return x + second_(leaky(first_(x)));
}

Tensor padded(const Tensor& pictures)
{
    const int64_t below = (16 - pictures.size(2) % 16) % 16;
    const int64_t right = (16 - pictures.size(3) % 16) % 16;
    if (below == 0 && right == 0)
        return pictures;
    return torch::replication_pad2d(pictures, {0, right, 0, below});
}

Tensor cropped(const Tensor& x, int64_t height, int64_t width)
{
    return x.narrow(2, 0, height).narrow(3, 0, width);
}

} // namespace vitrine::learning::codec
