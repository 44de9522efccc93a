#pragma once

#include <torch/torch.h>

namespace vitrine::learning
{

// The norm as it stands, in training or evaluation mode, on batch x channels x height x width, and
// Hardswish after it where `activation` is set. In training on the CPU in F32 one fused loop with
// its gradient, which also moves the running mean and variance; else the library's two steps.
torch::Tensor batchNorm(torch::nn::BatchNorm2d& norm, const torch::Tensor& x, bool activation);

} // namespace vitrine::learning
