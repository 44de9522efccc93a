#pragma once

#include <torch/torch.h>

#include <cstdint>

// The layers CTVC-lite is made of: `conv` 3x3, `dn` 3x3 with stride 2, `up` 4x4 with stride 2, the
// residual pair. N x C x H x W everywhere. Weights start normal with deviation sqrt(2 / inputs of
// one output) (He et al. 2015), biases at zero, drawn from the default generator of libtorch.
namespace vitrine::learning::codec
{

constexpr double kSlope = 0.125; // of LeakyReLU below zero: a shift by 3 in integers

torch::Tensor leaky(torch::Tensor x); // in place

torch::nn::Conv2d conv1(int64_t in, int64_t out); // 1x1
torch::nn::Conv2d conv3(int64_t in, int64_t out); // 3x3, padding 1
torch::nn::Conv2d down(int64_t in, int64_t out);  // 3x3, stride 2, padding 1: halves, rounding up

void zero(torch::nn::Conv2d& layer);

// `up`: transposed 4x4 convolution, stride 2, padding 1: doubles both sides. weight: in x out x 4 x
// 4, as libtorch's ConvTranspose2d has it. Computed as one 3x3 convolution that gives the four
// phases of every output (spec section 3.2), which is three times as fast as libtorch's own way
// although it multiplies with zeros.
class UpImpl : public torch::nn::Module
{
public:
    UpImpl(int64_t in, int64_t out);
    torch::Tensor forward(const torch::Tensor& x);
    void zero();

    torch::Tensor weight, bias;
};
TORCH_MODULE(Up);

// x + conv2(leaky(conv1(x)))
class ResidualImpl : public torch::nn::Module
{
public:
    explicit ResidualImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::Conv2d first_, second_;
};
TORCH_MODULE(Residual);

// Pads right and below by repeating the last column and row, to multiples of 16.
torch::Tensor padded(const torch::Tensor& pictures);

// The left upper part of that size.
torch::Tensor cropped(const torch::Tensor& x, int64_t height, int64_t width);

} // namespace vitrine::learning::codec
