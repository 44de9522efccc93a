#include "core/learning/nets/superres/mbconv.h"

namespace vitrine::learning
{

using torch::Tensor;

MbConvImpl::MbConvImpl(int64_t channels)
{
    const int64_t inner = 4 * channels;
    auto block = register_module("block", Numbered());
    auto expand = block->add(Numbered());
    expand_ = expand->add(Pointwise(channels, inner, false));
    expandNorm_ = expand->add(PixelNorm(inner));
    auto depthwise = block->add(Numbered());
    depthwise_ = depthwise->add(Convolution(inner, inner, 3, inner, false));
    depthwiseNorm_ = depthwise->add(PixelNorm(inner));
    auto excitation = block->add(Named());
    squeeze_ = excitation->add("fc1", Pointwise(inner, channels / 4));
    excite_ = excitation->add("fc2", Pointwise(channels / 4, inner));
    auto project = block->add(Numbered());
    project_ = project->add(Pointwise(inner, channels, false));
    projectNorm_ = project->add(PixelNorm(channels));
}

Tensor MbConvImpl::excited(const Tensor& x)
{
    const Tensor mean = x.mean({1, 2}, true);
    return x * torch::sigmoid(excite_(torch::silu(squeeze_(mean))));
}

Tensor MbConvImpl::forward(const Tensor& x)
{
    const Tensor wide = torch::silu(expandNorm_(expand_(x)));
    return projectNorm_(project_(excited(torch::silu(depthwiseNorm_(depthwise_(wide))))));
}

} // namespace vitrine::learning
