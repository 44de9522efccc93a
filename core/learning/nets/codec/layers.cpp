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

template <typename Layer>
void zeroLayer(Layer& layer)
{
    torch::NoGradGuard guard;
    layer->weight.zero_();
    layer->bias.zero_();
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

nn::ConvTranspose2d up(int64_t in, int64_t out)
{
    return startedLayer(
        nn::ConvTranspose2d(nn::ConvTranspose2dOptions(in, out, 4).stride(2).padding(1)), 4 * in);
}

void zero(nn::Conv2d& layer)
{
    zeroLayer(layer);
}

void zero(nn::ConvTranspose2d& layer)
{
    zeroLayer(layer);
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
