#pragma once

#include "core/tensor/tensor_view.h"

#include <cstddef>
#include <cstdint>

namespace vitrine::kernels
{

// y[r - begin] = row r times x, for begin <= r < end, of rows of `inputs` values of a type that can
// be widened, perhaps unaligned. fp32 sums over widened weights; the order of summation depends on
// the width of the processor's vectors alone.
void dotRows(DType type, const std::byte* rows, std::int64_t inputs, std::int64_t begin,
             std::int64_t end, const float* x, float* y);

// y[d] = sum over t of p[t] * v[t * stride + d], d < size.
void weightedSum(const float* p, std::int64_t count, const float* v, std::int64_t stride,
                 std::int64_t size, float* y);

} // namespace vitrine::kernels
