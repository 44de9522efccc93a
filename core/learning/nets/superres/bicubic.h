#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// Bicubic resampling as MATLAB's imresize does it, by which super-resolution is measured: Keys'
// kernel with a = -0.5; where the picture gets smaller, the kernel is widened by the factor
// (antialiasing); pixels outside are reflected with the edge repeated; weights sum to 1.

// The weights of one axis: to x from, F64.
torch::Tensor resampleMatrix(int64_t from, int64_t to);

// pictures: ... x height x width, uint8; rounded to 8 bit once, at the end.
torch::Tensor bicubic(const torch::Tensor& pictures, int64_t height, int64_t width);

} // namespace vitrine::learning
