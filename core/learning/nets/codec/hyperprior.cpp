#include "core/learning/nets/codec/hyperprior.h"

#include "core/learning/nets/codec/entropy.h"
#include "core/learning/nets/codec/layers.h"

namespace vitrine::learning::codec
{

using torch::Tensor;

HyperpriorImpl::HyperpriorImpl(int64_t channels)
    : channels_(channels),
      enc1_(register_module("enc1", conv3(channels, kHyperChannels))),
      enc2_(register_module("enc2", down(kHyperChannels, kHyperChannels))),
      enc3_(register_module("enc3", down(kHyperChannels, kHyperChannels))),
      dec1_(register_module("dec1", Up(kHyperChannels, kHyperChannels))),
      dec2_(register_module("dec2", Up(kHyperChannels, kHyperChannels))),
      dec3_(register_module("dec3", conv3(kHyperChannels, 2 * channels))),
      mean_(register_parameter("z_mean", torch::zeros({kHyperChannels, 1, 1}))),
      logScale_(register_parameter("z_log_scale", torch::zeros({kHyperChannels, 1, 1})))
{
    torch::NoGradGuard guard;
    dec3_->weight.mul_(0.3); // means near zero, deviations near one
}

Tensor HyperpriorImpl::encode(const Tensor& latent)
{
    return enc3_(leaky(enc2_(leaky(enc1_(latent)))));
}

Prediction HyperpriorImpl::predict(const Tensor& hyper, int64_t height, int64_t width)
{
    const Tensor both = cropped(dec3_(leaky(dec2_(leaky(dec1_(hyper))))), height, width);
    const auto halves = both.chunk(2, 1);
    return {halves[0], halves[1]};
}

Coded HyperpriorImpl::code(const Tensor& latent, Chance* chance)
{
    const Tensor z = encode(latent);
    const Tensor zRounded = roundThrough(z);
    const Prediction told = predict(zRounded, latent.size(2), latent.size(3));
    if (chance) {
        const Tensor zNoisy = z + chance->uniform(z.sizes(), -0.5, 0.5);
        const Tensor noisy = latent + chance->uniform(latent.sizes(), -0.5, 0.5);
        return {roundThrough(latent - told.mean) + told.mean,
                gaussianBits(noisy - told.mean, told.logSigma),
                logisticBits(zNoisy, mean_, logScale_)};
    }
    const Tensor mean = (told.mean * 256.0).round() / 256.0;
    const Tensor symbols = (latent - mean).round();
    return {symbols + mean, gaussianBits(symbols, told.logSigma),
            logisticBits(zRounded, mean_, logScale_)};
}

} // namespace vitrine::learning::codec
