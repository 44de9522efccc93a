#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// What the nine taps of a 3x3 deformable convolution read (Zhu et al. 2019, DCN v2, eq. (1)):
// mask * bilinear(x at pixel + tap + offset), zero outside the picture. x: batch x height x width x
// channels; offsets: batch x height x width x 18, for each tap its dy, then its dx, in pixels;
// masks: batch x height x width x 9. Taps lie row by row. Gives batch x height x width x (9
// channels), tap by tap. F32 or F64 on the CPU, differentiable in all three.
torch::Tensor sampleTaps(const torch::Tensor& x, const torch::Tensor& offsets,
                         const torch::Tensor& masks);

// The convolution itself; one group, with bias; weight: out x in x 3 x 3.
class DeformableImpl : public torch::nn::Module
{
public:
    DeformableImpl(int64_t in, int64_t out);
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& offsets,
                          const torch::Tensor& masks);

    torch::Tensor weight, bias;
};
TORCH_MODULE(Deformable);

} // namespace vitrine::learning
