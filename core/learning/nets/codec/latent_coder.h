#pragma once

#include "core/learning/nets/codec/gains.h"
#include "core/learning/nets/codec/hyperprior.h"
#include "core/learning/nets/codec/layers.h"
#include "core/learning/nets/codec/swin_attention.h"

#include <torch/torch.h>

namespace vitrine::learning::codec
{

// The auto-encoder of a P frame's motion or residual: Res, SwinAM, dn | up, Res, SwinAM, 1x1, with
// a gain and a hyperprior around its latent of half size. Channels in = channels out.
class LatentCoderImpl : public torch::nn::Module
{
public:
    LatentCoderImpl(int64_t channels, int64_t latent);

    struct Output {
        torch::Tensor decoded; // as the input
        Coded coded;
    };
    Output forward(const torch::Tensor& x, double quality, Chance* chance);

    Hyperprior hyperprior() const { return hyper_; }

private:
    Residual encRes_;
    SwinAttention encSwin_;
    torch::nn::Conv2d down_;
    Up up_;
    Residual decRes_;
    SwinAttention decSwin_;
    torch::nn::Conv2d last_;
    Hyperprior hyper_;
    Gains gains_;
};
TORCH_MODULE(LatentCoder);

} // namespace vitrine::learning::codec
