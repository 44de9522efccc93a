#pragma once

#include "core/tensor/kernels/weights.h"

#include <cstdint>

namespace vitrine::kernels
{

// y[r - begin] = row r of the weights times x, for begin <= r < end. fp32 sums over widened
// weights; the order of summation depends on the width of the processor's vectors alone.
void dotRows(const Weights& weights, std::int64_t begin, std::int64_t end, const float* x,
             float* y);

// y[d] = sum over t of p[t] * v[t * stride + d], d < size.
void weightedSum(const float* p, std::int64_t count, const float* v, std::int64_t stride,
                 std::int64_t size, float* y);

} // namespace vitrine::kernels
