#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

// The nine taps of a modulated 3x3 deformable convolution (Zhu et al. 2019, arXiv:1811.11168),
// before its weights. x: N x C x H x W; offsets: N x 9G x 2 x H x W, pixels, channel 9g + k for
// group g and tap k (taps in raster order, -1..1), first to the right, then downwards; masks: N x
// 9G x H x W. Tap k of pixel p in group g is mask * x(p + tap + offset), bilinear, the point held
// within the plane. Gives N x HW x 9C, channel k C + c. Differentiable in all three (F32, F64).
torch::Tensor deformedTaps(const torch::Tensor& x, const torch::Tensor& offsets,
                           const torch::Tensor& masks);

// deformedTaps and a 1x1 convolution of 9 channels -> channels over them. `told` is what the offset
// convolution gives, N x 2 + 27 G x H x W: the base flow (2), which every tap adds; offsets by 9g +
// k (two each); masks by 9g + k before their sigmoid.
class DeformImpl : public torch::nn::Module
{
public:
    DeformImpl(int64_t channels, int64_t groups);
    torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& told);

    // The base flow in `told`, a view.
    static torch::Tensor baseFlow(const torch::Tensor& told) { return told.narrow(1, 0, 2); }

private:
    int64_t groups_;
    torch::nn::Conv2d project_;
};
TORCH_MODULE(Deform);

} // namespace vitrine::learning::codec
