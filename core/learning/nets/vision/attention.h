#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

namespace vitrine::learning
{

// Softmax attention of all heads, every token seeing every token: softmax(q k^T / sqrt(size)) v.
// qkv: batch x tokens x (3, heads, size), q then k then v. Gives batch x tokens x (heads, size). On
// the CPU in F32 fused loops with their gradient; elsewhere, and as their judge,
// plainImageAttention.
torch::Tensor imageAttention(const torch::Tensor& qkv, int64_t heads);
torch::Tensor plainImageAttention(const torch::Tensor& qkv, int64_t heads);

// q, k and v of such a tensor, each batch x heads x tokens x size; and the way back of a result of
// that shape to batch x tokens x (heads, size).
std::vector<torch::Tensor> splitHeads(const torch::Tensor& qkv, int64_t heads);
torch::Tensor mergeHeads(const torch::Tensor& perHead);

} // namespace vitrine::learning
