#include "core/learning/nets/codec/intra.h"

namespace vitrine::learning::codec
{

using torch::Tensor;

IntraNetImpl::IntraNetImpl()
    : enc1_(register_module("enc1", down(3, 32))),
      enc2_(register_module("enc2", down(32, 64))),
      enc3_(register_module("enc3", down(64, 80))),
      enc4_(register_module("enc4", down(80, kLatent))),
      encRes1_(register_module("enc_res1", Residual(64))),
      encRes2_(register_module("enc_res2", Residual(80))),
      encSwin_(register_module("enc_swin", SwinAttention(80))),
      dec1_(register_module("dec1", Up(kLatent, 80))),
      dec2_(register_module("dec2", Up(80, 64))),
      dec3_(register_module("dec3", Up(64, 32))),
      dec4_(register_module("dec4", Up(32, 3))),
      decRes1_(register_module("dec_res1", Residual(80))),
      decRes2_(register_module("dec_res2", Residual(64))),
      decSwin_(register_module("dec_swin", SwinAttention(80))),
      hyper_(register_module("hyper", Hyperprior(kLatent))),
      gains_(register_module("gains", Gains(kLatent)))
{
    const torch::NoGradGuard noGradient;
    dec4_->weight.mul_(0.1); // the first pictures are nearly grey instead of nearly noise
}

Tensor IntraNetImpl::encode(const Tensor& pictures)
{
    const Tensor quarter = encRes1_(leaky(enc2_(leaky(enc1_(pictures - 0.5)))));
    return enc4_(encSwin_(encRes2_(leaky(enc3_(quarter)))));
}

Tensor IntraNetImpl::decode(const Tensor& latent)
{
    const Tensor eighth = decSwin_(decRes1_(leaky(dec1_(latent))));
    const Tensor quarter = decRes2_(leaky(dec2_(eighth)));
    return dec4_(leaky(dec3_(quarter))) + 0.5;
}

IntraNetImpl::Frame IntraNetImpl::forward(const Tensor& pictures, double quality, Chance* chance)
{
    const Tensor gain = gains_(quality);
    const Coded coded = hyper_->code(encode(pictures) * gain, chance);
    return {decode(coded.latent / gain), coded};
}

} // namespace vitrine::learning::codec
