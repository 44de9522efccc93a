#include "core/learning/nets/superres/channel_layers.h"

#include <cmath>

namespace vitrine::learning
{
namespace
{

using torch::Tensor;

// What torch.nn.Conv2d starts from: uniform within 1 / sqrt(inputs of one output).
Tensor uniformStart(torch::IntArrayRef shape, int64_t inputs)
{
    const double bound = 1.0 / std::sqrt(static_cast<double>(inputs));
    return torch::empty(shape).uniform_(-bound, bound);
}

} // namespace

PointwiseImpl::PointwiseImpl(int64_t in, int64_t out, bool biased)
{
    weight = register_parameter("weight", uniformStart({out, in, 1, 1}, in));
    if (biased)
        bias = register_parameter("bias", uniformStart({out}, in));
}

Tensor PointwiseImpl::forward(const Tensor& x)
{
    const int64_t out = weight.size(0), in = weight.size(1);
    const Tensor rows = x.reshape({-1, in}), matrix = weight.view({out, in});
    const Tensor y = bias.defined() ? torch::addmm(bias, rows, matrix.t()) : rows.mm(matrix.t());
    return y.view({x.size(0), x.size(1), x.size(2), out});
}

ConvolutionImpl::ConvolutionImpl(int64_t in, int64_t out, int64_t size, int64_t groups, bool biased)
    : padding_(size / 2), groups_(groups)
{
    const int64_t inputs = in / groups * size * size;
    weight = register_parameter("weight", uniformStart({out, in / groups, size, size}, inputs));
    if (biased)
        bias = register_parameter("bias", uniformStart({out}, inputs));
}

Tensor ConvolutionImpl::forward(const Tensor& x)
{
    const Tensor y = torch::conv2d(x.permute({0, 3, 1, 2}), weight, bias, 1, padding_, 1, groups_);
    return y.permute({0, 2, 3, 1}).contiguous();
}

PixelNormImpl::PixelNormImpl(int64_t channels)
{
    weight = register_parameter("weight", torch::ones({channels}));
    bias = register_parameter("bias", torch::zeros({channels}));
    runningMean = register_buffer("running_mean", torch::zeros({channels}));
    runningVariance = register_buffer("running_var", torch::ones({channels}));
}

Tensor PixelNormImpl::forward(const Tensor& x)
{
    const Tensor y = torch::batch_norm(x.permute({0, 3, 1, 2}), weight, bias, runningMean,
                                       runningVariance, is_training(), 0.1, 1e-5, false);
    return y.permute({0, 2, 3, 1}).contiguous();
}

ChannelNormImpl::ChannelNormImpl(int64_t channels)
{
    weight = register_parameter("weight", torch::ones({channels}));
    bias = register_parameter("bias", torch::zeros({channels}));
}

Tensor ChannelNormImpl::forward(const Tensor& x)
{
    return torch::layer_norm(x, {weight.size(0)}, weight, bias, 1e-5);
}

} // namespace vitrine::learning
