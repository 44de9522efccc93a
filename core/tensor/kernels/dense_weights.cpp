#include "core/tensor/kernels/dense_weights.h"

#include "core/tensor/kernels/dot.h"

namespace vitrine::kernels
{

void DenseWeights::widen(std::int64_t begin, std::int64_t end, float* out) const
{
    kernels::widen(type_, row(begin), (end - begin) * inputs(), out);
}

const float* DenseWeights::floats(std::int64_t first) const
{
    const std::byte* source = row(first);
    const bool isAligned = reinterpret_cast<std::uintptr_t>(source) % alignof(float) == 0;
    return type_ == DType::f32 && isAligned ? reinterpret_cast<const float*>(source) : nullptr;
}

void DenseWeights::dotRows(std::int64_t begin, std::int64_t end, const float* x,
                           const float* /*tables*/, float* y) const
{
    kernels::dotRows(type_, data_, inputs(), begin, end, x, y);
}

} // namespace vitrine::kernels
