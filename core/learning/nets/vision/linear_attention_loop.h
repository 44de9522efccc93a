#pragma once

#include <cstdint>

// ReLU linear attention on raw F32 arrays, row-major and dense. Compiled for this machine's
// processor with relaxed floating point (no infinities or NaN are made or expected here).
namespace vitrine::learning::loops
{

struct LinearAttentionShape {
    int64_t maps, size, pixels; // maps: batch * heads; size: channels of one of q, k, v
    float epsilon;
};

// qkv: maps x (3, size) x pixels; y: maps x size x pixels.
void linearAttention(const LinearAttentionShape& shape, const float* qkv, float* y);
void linearAttentionBackward(const LinearAttentionShape& shape, const float* qkv, const float* y,
                             const float* dy, float* dQkv);

} // namespace vitrine::learning::loops
