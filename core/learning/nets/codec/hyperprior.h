#pragma once

#include "core/learning/nets/codec/integer_hyper.h"
#include "core/learning/nets/codec/layers.h"
#include "core/learning/nets/training/chance.h"

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

// A latent as the decoder has it, and what it cost.
struct Coded {
    torch::Tensor latent;    // of the size of the input
    torch::Tensor bits;      // of the latent, elementwise
    torch::Tensor hyperBits; // of the hyper latent, elementwise
};

// What the hyper-decoder says about a latent.
struct Prediction {
    torch::Tensor mean, logSigma;
};

// Mean and scale hyperprior (Minnen et al. 2018, arXiv:1809.02736) without context model. Encoder:
// conv, dn, dn; decoder: up, up, conv, LeakyReLU between; 32 channels. The latent comes with its
// gain already on it, so the hyper latent alone tells the decoder the scale. The decoder's output
// is cropped to the latent's size; its first half is the mean, the second the natural logarithm of
// the deviation. Every channel of the hyper latent has a logistic density of its own: mean and log
// scale, 64 parameters.
class HyperpriorImpl : public torch::nn::Module
{
public:
    explicit HyperpriorImpl(int64_t channels);

    // With `chance`: rates see uniform noise, the latent is rounded straight through (training).
    // Without: what the coder does: symbols are round(latent - mean) with the mean on its grid of
    // 1/256.
    Coded code(const torch::Tensor& latent, Chance* chance);

    // Of a hyper latent; for a latent of that size.
    Prediction predict(const torch::Tensor& hyper, int64_t height, int64_t width);
    torch::Tensor encode(const torch::Tensor& latent); // the hyper latent before rounding

    // What the export quantises.
    Up firstUp() const { return dec1_; }
    Up secondUp() const { return dec2_; }
    torch::nn::Conv2d last() const { return dec3_; }
    const torch::Tensor& mean() const { return mean_; }         // 32 x 1 x 1
    const torch::Tensor& logScale() const { return logScale_; } // 32 x 1 x 1
    int64_t channels() const { return channels_; }              // of the latent

private:
    int64_t channels_;
    torch::nn::Conv2d enc1_, enc2_, enc3_;
    Up dec1_, dec2_;
    torch::nn::Conv2d dec3_;
    torch::Tensor mean_, logScale_;
};
TORCH_MODULE(Hyperprior);

} // namespace vitrine::learning::codec
