#pragma once

#include <torch/torch.h>

namespace vitrine::learning
{

// Rotation angles for half-split RoPE (RoFormer, as Hugging Face's Llama lays it out): component i
// < size / 2 is paired with i + size / 2. Both tensors are positions x size / 2, F32.
struct RotaryTable {
    torch::Tensor cosine, sine;
};
RotaryTable rotaryTable(int64_t positions, int64_t headSize, double theta, torch::Device device);

// The four steps that cost most beside the matrix products, each with its gradient. On the CPU in
// F32 they run as fused loops; elsewhere, and as the judge in the tests, as the plain tensor
// expressions of `plain`.

// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension.
torch::Tensor rmsNorm(const torch::Tensor& x, const torch::Tensor& weight, double epsilon);

// silu(gate) * up, where the last dimension of gateUp holds gate and then up.
torch::Tensor swiGlu(const torch::Tensor& gateUp);

// Causal attention of all heads. qkv: batch x tokens x (3 * heads * size), q then k then v; not yet
// rotated. Gives batch x tokens x (heads * size).
torch::Tensor causalAttention(const torch::Tensor& qkv, int64_t heads, const RotaryTable& rotary);

// Mean cross-entropy (nat per token) of the next token: logits = hidden * embedding^T.
// hidden: rows x width, embedding: classes x width, targets: rows (int64).
torch::Tensor nextTokenLoss(const torch::Tensor& hidden, const torch::Tensor& embedding,
                            const torch::Tensor& targets);

namespace plain
{
torch::Tensor rmsNorm(const torch::Tensor& x, const torch::Tensor& weight, double epsilon);
torch::Tensor swiGlu(const torch::Tensor& gateUp);
torch::Tensor causalAttention(const torch::Tensor& qkv, int64_t heads, const RotaryTable& rotary);
torch::Tensor nextTokenLoss(const torch::Tensor& hidden, const torch::Tensor& embedding,
                            const torch::Tensor& targets);
// The maps themselves: batch x heads x tokens x tokens, rows sum to 1, zero above the diagonal.
torch::Tensor attentionMaps(const torch::Tensor& qkv, int64_t heads, const RotaryTable& rotary);
} // namespace plain

} // namespace vitrine::learning
