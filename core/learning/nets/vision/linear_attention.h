#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace vitrine::learning
{

// ReLU linear attention of EfficientViT (Cai et al. 2023, eq. 2), every head by itself:
//   vk = [v; 1] relu(k)^T, o = vk relu(q), y = o[0 .. size - 1] / (o[size] + epsilon).
// qkv: batch x (heads, 3, size) x height x width: thirds inside each head, unlike a ViT. Gives
// batch x (heads, size) x height x width. A pixel whose q is nowhere positive gives 0. On the CPU
// in F32 fused loops with their gradient; elsewhere, and as their judge, plainLinearAttention.
//
// Upstream takes the quadratic form where height * width <= size; the result is the same.
torch::Tensor linearAttention(const torch::Tensor& qkv, int64_t size, double epsilon = 1e-15);
torch::Tensor plainLinearAttention(const torch::Tensor& qkv, int64_t size, double epsilon = 1e-15);

} // namespace vitrine::learning
