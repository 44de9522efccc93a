#pragma once

#include <torch/torch.h>

namespace vitrine::learning::codec
{

// softmax(q k^T / sqrt(C / heads) + bias) v in each window of 8 x 8 tokens and each of the 4 heads.
// qkv: windows x 64 x 3 C (query, key, value; in each the heads one after another), F32; table: 225
// x heads, the bias of a key's place relative to its query, row (dy + 7) * 15 + dx + 7 with d =
// query - key. Gives windows x 64 x C. Differentiable in both. One product of the BLAS for each
// window and head: libtorch's batched products and gathers are several times slower at these sizes.
torch::Tensor windowAttention(const torch::Tensor& qkv, const torch::Tensor& table);

} // namespace vitrine::learning::codec
