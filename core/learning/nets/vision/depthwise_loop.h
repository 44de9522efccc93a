#pragma once

#include <cstdint>

// Depthwise convolution of stride 1 with zero padding on raw F32 arrays, row-major and dense.
// Compiled for this machine's processor with relaxed floating point (no infinities or NaN are made
// or expected here).
namespace vitrine::learning::loops
{

struct DepthwiseShape {
    int64_t batch, channels, height, width, kernel; // kernel is odd; padding kernel / 2
};

// x, y: batch x channels x height x width; weight: channels x kernel x kernel; bias: channels.
void depthwise(const DepthwiseShape& shape, const float* x, const float* weight, const float* bias,
               float* y);
// Adds to dWeight and dBias.
void depthwiseBackward(const DepthwiseShape& shape, const float* x, const float* weight,
                       const float* dy, float* dx, float* dWeight, float* dBias);

} // namespace vitrine::learning::loops
