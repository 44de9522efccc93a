#pragma once

#include "core/learning/nets/superres/channel_layers.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Mobile inverted bottleneck (EfficientNet; torchvision's layout): 1x1 to 4C, depthwise 3x3,
// squeeze-excitation over C/4, 1x1 back, each convolution without bias and with batch
// normalisation; SiLU. As in S2R's released forward there is neither residual nor stochastic depth.
class MbConvImpl : public torch::nn::Module
{
public:
    explicit MbConvImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x); // batch x height x width x channels

private:
    torch::Tensor excited(const torch::Tensor& x);

    Pointwise expand_{nullptr}, squeeze_{nullptr}, excite_{nullptr}, project_{nullptr};
    Convolution depthwise_{nullptr};
    PixelNorm expandNorm_{nullptr}, depthwiseNorm_{nullptr}, projectNorm_{nullptr};
};
TORCH_MODULE(MbConv);

} // namespace vitrine::learning
