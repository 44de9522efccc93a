#pragma once

#include <cstdint>

// The fused loops of kernels.h on raw F32 arrays, row-major and dense. Compiled for this machine's
// processor with relaxed floating point (no infinities or NaN are made or expected here).
namespace vitrine::learning::loops
{

void rmsNorm(const float* x, const float* weight, int64_t rows, int64_t width, float epsilon,
             float* y, float* inverse);
void rmsNormBackward(const float* x, const float* weight, const float* inverse, const float* dy,
                     int64_t rows, int64_t width, float* dx, float* dWeight); // adds to dWeight

void swiGlu(const float* gateUp, int64_t rows, int64_t width, float* y);
void swiGluBackward(const float* gateUp, const float* dy, int64_t rows, int64_t width,
                    float* dGateUp);

struct AttentionShape {
    int64_t batch, tokens, heads, size;
};
// rotated: 3 x batch x heads x tokens x size (q scaled by 1/sqrt(size), k, v); maps: batch x heads
// x tokens x tokens, of which the part above the diagonal is left undefined or zero.
void attention(const AttentionShape& shape, const float* qkv, const float* cosine,
               const float* sine, float* rotated, float* maps, float* y);
void attentionBackward(const AttentionShape& shape, const float* rotated, const float* maps,
                       const float* cosine, const float* sine, const float* dy, float* dQkv);

// Replaces each row of logits by its gradient, (softmax - target) * scale; gives the sum of the
// losses.
double crossEntropy(float* logits, const int64_t* targets, int64_t rows, int64_t classes,
                    float scale);

} // namespace vitrine::learning::loops
