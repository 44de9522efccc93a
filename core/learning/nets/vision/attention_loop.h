#pragma once

#include <cstdint>

// Softmax attention on raw F32 arrays, row-major and dense. Compiled for this machine's processor
// with relaxed floating point (no infinities or NaN are made or expected here).
namespace vitrine::learning::loops
{

struct ImageAttentionShape {
    int64_t batch, tokens, heads, size; // size: of one head
};

// qkv: batch x tokens x (3, heads, size), as timm orders the rows of attn.qkv. Writes maps, batch x
// heads x tokens x tokens, and y, batch x tokens x (heads, size).
void imageAttention(const ImageAttentionShape& shape, const float* qkv, float* maps, float* y);
void imageAttentionBackward(const ImageAttentionShape& shape, const float* qkv, const float* maps,
                            const float* dy, float* dQkv);

} // namespace vitrine::learning::loops
