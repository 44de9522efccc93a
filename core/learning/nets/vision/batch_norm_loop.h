#pragma once

#include <cstdint>

// Batch normalisation and Hardswish as one on raw F32 arrays, batch x channels x pixels, dense.
// Compiled for this machine's processor with relaxed floating point (no infinities or NaN are made
// or expected here).
namespace vitrine::learning::loops
{

struct BatchNormShape {
    int64_t batch, channels, pixels;
    bool activation; // Hardswish after the norm
    float epsilon;
};

// Writes each channel's mean, variance (of the batch, biased) and y.
void batchNorm(const BatchNormShape& shape, const float* x, const float* weight, const float* bias,
               float* mean, float* variance, float* y);
void batchNormBackward(const BatchNormShape& shape, const float* x, const float* weight,
                       const float* bias, const float* mean, const float* variance, const float* dy,
                       float* dx, float* dWeight, float* dBias);

} // namespace vitrine::learning::loops
