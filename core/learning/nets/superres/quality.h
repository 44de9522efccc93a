#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// How super-resolution is measured. Pictures are 3 x height x width, uint8 RGB, of one size.

// BT.601 luma in its video range, rounded: 16..235, height x width, F64.
torch::Tensor lumaOf(const torch::Tensor& picture);

// dB between the lumas without `border` pixels at each side; infinite where they are identical.
double psnrY(const torch::Tensor& a, const torch::Tensor& b, int64_t border);

// Mean structural similarity of the lumas without the border (Wang et al. 2004): Gaussian window
// 11x11 of deviation 1.5, K1 = 0.01, K2 = 0.03, only where the window fits. NaN for pictures below
// 11 pixels.
double ssimY(const torch::Tensor& a, const torch::Tensor& b, int64_t border);

} // namespace vitrine::learning
