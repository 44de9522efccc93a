#pragma once

#include <torch/torch.h>

#include <cstdint>

// ShiftAddViT (You et al., NeurIPS 2023): queries and keys of one bit, so that both products of
// attention are sums.
namespace vitrine::learning
{

// 1 where x exceeds the mean of its picture (all that the first dimension selects), else 0. The
// gradient is that of clamp(x, 0, 1), as in the released code; that takes the mean of the whole
// batch, so that there the answer for a picture depends on those beside it: a departure.
torch::Tensor binaryCodes(const torch::Tensor& x);

// Attention over binary codes ("linear angular"), per head; all batch x heads x tokens x size:
//   q and k to unit length, b = binaryCodes, x = v / 2 + b_q (b_k^T v) / pi, x to unit length, x +
//   DW(v).
class BinaryAttentionImpl : public torch::nn::Module
{
public:
    // Its parameter is dconv.weight, heads x 1 x 9 x 1: a filter over 9 neighbouring tokens for
    // each head.
    explicit BinaryAttentionImpl(int64_t heads);

    torch::Tensor forward(const torch::Tensor& q, const torch::Tensor& k, const torch::Tensor& v);

private:
    torch::nn::Conv2d neighbours_{nullptr};
};
TORCH_MODULE(BinaryAttention);

} // namespace vitrine::learning
