#pragma once

#include <cstdint>

// The update of adamw.h on raw F32 arrays, compiled for this machine's processor with relaxed
// floating point (no infinities or NaN are made or expected here).
namespace vitrine::learning::loops
{

struct Adamw {
    float rate, beta1, beta2, epsilon, inverseRootCorrection2, keep, gradientScale;
};
void adamw(const Adamw& how, int64_t count, float* parameter, const float* gradient, float* first,
           float* second);

} // namespace vitrine::learning::loops
