#pragma once

#include "core/learning/nets/codec/deform.h"
#include "core/learning/nets/codec/gains.h"
#include "core/learning/nets/codec/hyperprior.h"
#include "core/learning/nets/codec/latent_coder.h"
#include "core/learning/nets/codec/layers.h"

#include <torch/torch.h>

namespace vitrine::learning::codec
{

// The P frame of CTVC-lite, profile `mini` (spec section 5). Features of a frame at an eighth, 64
// channels: dn 3-16-32-64. Motion: both frames' features -> conv 128-48, conv 48-48 -> motion coder
// (48, latent 32) -> offset conv 48 -> 2 + 27 * 2. Compensation: deformable 3x3 in two groups, +
// [conv, 1x1]. Residual of the features -> residual coder (64, latent 64). Reconstruction: Res 64,
// up 64-32-16-3, added to the last picture warped by the base flow. LeakyReLU after every dn but
// the last of a coder, every up but the last, and between two convolutions. Offset conv and last up
// start at zero: an untrained net repeats the last picture.
//
// Parameters: 1 098 763 without gains and densities, 1 099 275 with both (gains 384, densities
// 128): both readings give the 1.099 M of the specification. Multiplications of the decoder per
// pixel: 9 202, its figure exactly (features of the reference included, those of bilinear sampling
// not).
class InterNetImpl : public torch::nn::Module
{
public:
    static constexpr int64_t kFeatures = 64;
    static constexpr int64_t kMotion = 48;
    static constexpr int64_t kMotionLatent = 32;
    static constexpr int64_t kResidualLatent = 64;
    static constexpr int64_t kGroups = 2;

    InterNetImpl();

    struct Frame {
        torch::Tensor picture; // not held in 0..1, not rounded to 8 bits
        torch::Tensor warped;  // the last picture moved by the base flow alone
        Coded motion, residual;
    };
    // now, last: N x 3 x H x W in 0..1, sides multiples of 16; `last` is the reconstruction.
    Frame forward(const torch::Tensor& now, const torch::Tensor& last, double quality,
                  Chance* chance);

    // The motion half alone: `picture` and `warped` are the same, `residual` is empty.
    Frame motionOnly(const torch::Tensor& now, const torch::Tensor& last, double quality,
                     Chance* chance);

    LatentCoder motionCoder() const { return motion_; }
    LatentCoder residualCoder() const { return residual_; }

private:
    struct Motion {
        torch::Tensor now, last; // features
        torch::Tensor told, warped;
        Coded coded;
    };
    Motion move(const torch::Tensor& now, const torch::Tensor& last, double quality,
                Chance* chance);
    torch::Tensor features(const torch::Tensor& pictures);
    torch::Tensor reconstruct(const torch::Tensor& features);

    torch::nn::Conv2d feature1_, feature2_, feature3_, estimate1_, estimate2_;
    LatentCoder motion_;
    torch::nn::Conv2d offsets_;
    Deform deform_;
    torch::nn::Conv2d refine1_, refine2_;
    LatentCoder residual_;
    Residual recRes_;
    Up rec1_, rec2_, rec3_;
};
TORCH_MODULE(InterNet);

} // namespace vitrine::learning::codec
