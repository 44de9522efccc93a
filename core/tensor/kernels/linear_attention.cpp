#include "core/tensor/kernels/linear_attention.h"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/linear_attention.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// sums[0 .. count) += factor * row[0 .. count)
HWY_INLINE void addScaled(float factor, const float* row, std::int64_t count, float* sums)
{
    const hn::CappedTag<float, 16> d; // heads are narrow
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto factors = hn::Set(d, factor);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::MulAdd(factors, hn::LoadU(d, row + i), hn::LoadU(d, sums + i)), d, sums + i);
    for (; i < count; ++i)
        sums[i] += factor * row[i];
}

void reluContextOf(const float* k, const float* v, std::int64_t tokens, std::int64_t stride,
                   std::int64_t dim, float* context)
{
    std::fill_n(context, dim * dim, 0.0f);
    for (std::int64_t token = 0; token < tokens; ++token)
        for (std::int64_t a = 0; a < dim; ++a)
            if (const float factor = k[token * stride + a]; factor > 0)
                addScaled(factor, v + token * stride, dim, context + a * dim);
}

void reluLookupOf(const float* q, std::int64_t tokens, std::int64_t stride, std::int64_t dim,
                  const float* matrix, std::int64_t columns, float* out, std::int64_t outStride)
{
    for (std::int64_t token = 0; token < tokens; ++token) {
        float* row = out + token * outStride;
        std::fill_n(row, columns, 0.0f);
        for (std::int64_t a = 0; a < dim; ++a)
            if (const float factor = q[token * stride + a]; factor > 0)
                addScaled(factor, matrix + a * columns, columns, row);
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{

HWY_EXPORT(reluContextOf);
HWY_EXPORT(reluLookupOf);

void reluContext(const float* k, const float* v, std::int64_t tokens, std::int64_t stride,
                 std::int64_t dim, float* context)
{
    HWY_DYNAMIC_DISPATCH(reluContextOf)(k, v, tokens, stride, dim, context);
}

void reluLookup(const float* q, std::int64_t tokens, std::int64_t stride, std::int64_t dim,
                const float* matrix, std::int64_t columns, float* out, std::int64_t outStride)
{
    HWY_DYNAMIC_DISPATCH(reluLookupOf)(q, tokens, stride, dim, matrix, columns, out, outStride);
}

} // namespace vitrine::kernels

#endif
