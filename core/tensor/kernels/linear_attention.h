#pragma once

#include <cstdint>

// ReLU linear attention of one head (Cai et al. 2023, eq. 2), without the divisor. Rows of q, k and
// v lie `stride` apart. On the calling thread.
namespace vitrine::kernels
{

// context [dim, dim] = sum over the tokens of relu(k)^T v.
void reluContext(const float* k, const float* v, std::int64_t tokens, std::int64_t stride,
                 std::int64_t dim, float* context);

// out[token] [columns] = relu(q[token]) [dim] times matrix [dim, columns]; rows of `out` lie
// `outStride` apart.
void reluLookup(const float* q, std::int64_t tokens, std::int64_t stride, std::int64_t dim,
                const float* matrix, std::int64_t columns, float* out, std::int64_t outStride);

} // namespace vitrine::kernels
