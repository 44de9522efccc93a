#pragma once

#include "core/learning/nets/codec/gains.h"
#include "core/learning/nets/codec/hyperprior.h"
#include "core/learning/nets/codec/layers.h"
#include "core/learning/nets/codec/swin_attention.h"

#include <torch/torch.h>

namespace vitrine::learning::codec
{

// The I frame of CTVC-lite (spec section 5). Encoder: dn 3-32-64, Res 64 at a quarter; dn 64-80,
// Res, SwinAM at an eighth; dn 80-96: the latent at a sixteenth. Decoder: up 96-80, Res, SwinAM; up
// 80-64, Res 64; up 64-32-3. LeakyReLU after every dn and up but the last of each side. Pixels are
// 0..1 RGB outside and centred at 0.5 inside.
//
// Parameters: 1 098 899 without gains and densities, 1 099 347 with both (gains 384, densities 64):
// both readings give the 1.099 M of the specification. Multiplications of the decoder per pixel: 12
// 756, its figure exactly, which fixes what its one line leaves open.
class IntraNetImpl : public torch::nn::Module
{
public:
    static constexpr int64_t kLatent = 96;

    IntraNetImpl();

    struct Frame {
        torch::Tensor picture; // not held in 0..1, not rounded to 8 bits
        Coded coded;
    };
    // pictures: N x 3 x H x W, sides multiples of 16. As Hyperprior::code for chance.
    Frame forward(const torch::Tensor& pictures, double quality, Chance* chance);

    torch::Tensor encode(const torch::Tensor& pictures); // the latent, before its gain
    torch::Tensor decode(const torch::Tensor& latent);   // after its gain is off

    Hyperprior hyperprior() const { return hyper_; }

private:
    torch::nn::Conv2d enc1_, enc2_, enc3_, enc4_;
    Residual encRes1_, encRes2_;
    SwinAttention encSwin_;
    Up dec1_, dec2_, dec3_, dec4_;
    Residual decRes1_, decRes2_;
    SwinAttention decSwin_;
    Hyperprior hyper_;
    Gains gains_;
};
TORCH_MODULE(IntraNet);

} // namespace vitrine::learning::codec
