#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace vitrine::learning
{

// Layers on pictures that keep the channels of a pixel together: batch x height x width x channels,
// dense. So the 1x1 convolutions, most of the work of S2R, are plain matrix products.

// A 1x1 convolution; weight: out x in x 1 x 1, as PyTorch stores it.
class PointwiseImpl : public torch::nn::Module
{
public:
    PointwiseImpl(int64_t in, int64_t out, bool biased = true);
    torch::Tensor forward(const torch::Tensor& x);

    torch::Tensor weight, bias;
};
TORCH_MODULE(Pointwise);

// A k x k convolution of stride 1, zero outside.
class ConvolutionImpl : public torch::nn::Module
{
public:
    ConvolutionImpl(int64_t in, int64_t out, int64_t size, int64_t groups = 1, bool biased = true);
    torch::Tensor forward(const torch::Tensor& x);

    torch::Tensor weight, bias;

private:
    int64_t padding_, groups_;
};
TORCH_MODULE(Convolution);

// Batch normalisation over all pixels: running statistics in evaluation mode, momentum 0.1.
class PixelNormImpl : public torch::nn::Module
{
public:
    explicit PixelNormImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

    torch::Tensor weight, bias, runningMean, runningVariance;
};
TORCH_MODULE(PixelNorm);

// Layer normalisation over the channels of each pixel.
class ChannelNormImpl : public torch::nn::Module
{
public:
    explicit ChannelNormImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

    torch::Tensor weight, bias;
};
TORCH_MODULE(ChannelNorm);

// Modules in order under "0", "1", ... (a Sequential of the released code), or under names of their
// own.
class NumberedImpl : public torch::nn::Module
{
public:
    template <typename Part>
    Part add(Part part)
    {
        return register_module(std::to_string(children().size()), part);
    }
};
TORCH_MODULE(Numbered);

class NamedImpl : public torch::nn::Module
{
public:
    template <typename Part>
    Part add(const std::string& name, Part part)
    {
        return register_module(name, part);
    }
};
TORCH_MODULE(Named);

} // namespace vitrine::learning
