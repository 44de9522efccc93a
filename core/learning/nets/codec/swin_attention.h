#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning::codec
{

constexpr int64_t kWindow = 8; // pixels on a side; 64 tokens
constexpr int64_t kHeads = 4;

// A pre-norm window-attention block (Liu et al. 2021, arXiv:2103.14030, eq. 3) with an MLP of twice
// the width and ReLU. x: N x H x W x C, sides multiples of 8 after padding. Left open by our
// specification and chosen here: the norm comes before the padding, so padding is zero where
// attention sees it, and padded pixels are keys like any other (their key is the bias); a shifted
// block rolls the padded plane up and left by `shift`, cyclically and without a mask; queries are
// scaled by 1 / sqrt(C / 4). Names are Swin's.
class WindowBlockImpl : public torch::nn::Module
{
public:
    WindowBlockImpl(int64_t channels, int64_t shift);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::Tensor windowed(const torch::Tensor& normed);

    int64_t shift_;
    torch::nn::LayerNorm norm1_, norm2_;
    torch::nn::Linear qkv_, proj_, fc1_, fc2_;
    torch::Tensor biasTable_; // 225 x heads
};
TORCH_MODULE(WindowBlock);

// SwinAM: a plain block, then one shifted by 4. N x C x H x W in and out, any size.
class SwinAttentionImpl : public torch::nn::Module
{
public:
    explicit SwinAttentionImpl(int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

private:
    WindowBlock plain_, shifted_;
};
TORCH_MODULE(SwinAttention);

} // namespace vitrine::learning::codec
