#pragma once

#include <torch/torch.h>

namespace vitrine::learning
{

// Depthwise convolution of stride 1 with padding kernel / 2: conv2d(x, weight, bias, 1, kernel / 2,
// 1, channels). weight: channels x 1 x kernel x kernel, kernel odd; bias may be undefined. On the
// CPU in F32 as fused loops with their gradient, for the library's weight gradient of 5 x 5 is
// twenty times slower; elsewhere conv2d.
torch::Tensor depthwiseConv(const torch::Tensor& x, const torch::Tensor& weight,
                            const torch::Tensor& bias);

} // namespace vitrine::learning
