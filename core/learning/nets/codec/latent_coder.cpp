#include "core/learning/nets/codec/latent_coder.h"

namespace vitrine::learning::codec
{

LatentCoderImpl::LatentCoderImpl(int64_t channels, int64_t latent)
    : encRes_(register_module("enc_res", Residual(channels))),
      encSwin_(register_module("enc_swin", SwinAttention(channels))),
      down_(register_module("down", down(channels, latent))),
      up_(register_module("up", Up(latent, channels))),
      decRes_(register_module("dec_res", Residual(channels))),
      decSwin_(register_module("dec_swin", SwinAttention(channels))),
      last_(register_module("last", conv1(channels, channels))),
      hyper_(register_module("hyper", Hyperprior(latent))),
      gains_(register_module("gains", Gains(latent)))
{
}

LatentCoderImpl::Output LatentCoderImpl::forward(const torch::Tensor& x, double quality,
                                                 Chance* chance)
{
    const torch::Tensor gain = gains_(quality);
    const Coded coded = hyper_->code(down_(encSwin_(encRes_(x))) * gain, chance);
    return {last_(decSwin_(decRes_(leaky(up_(coded.latent / gain))))), coded};
}

} // namespace vitrine::learning::codec
