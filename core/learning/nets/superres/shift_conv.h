#pragma once

#include "core/learning/nets/superres/channel_layers.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// The shift of ELAN (Zhang et al., ECCV 2022, section 3.2). x: batch x height x width x channels.
// The channels are five groups of channels / 5: group 0 takes the value at x + 1, 1 at x - 1, 2 at
// y + 1, 3 at y - 1, zero outside; the rest stays. F32 or F64; differentiable.
torch::Tensor shiftChannels(const torch::Tensor& x);

// Shift, then 1x1 convolution. The released code stores the shift as frozen depthwise weights; here
// it is a copy of memory and no parameter.
class ShiftConvImpl : public torch::nn::Module
{
public:
    ShiftConvImpl(int64_t in, int64_t out);
    torch::Tensor forward(const torch::Tensor& x);

private:
    Pointwise conv1x1_;
};
TORCH_MODULE(ShiftConv);

} // namespace vitrine::learning
