// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_QUANT_DOUBLE_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_QUANT_DOUBLE_ROWS_INL_H
#undef VITRINE_QUANT_DOUBLE_ROWS_INL_H
#else
#define VITRINE_QUANT_DOUBLE_ROWS_INL_H
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace vitrine::quant::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// work(d, i) for vectors that cover 0 .. count, the last numbers one by one.
template <class Work>
HWY_INLINE void forVectors(std::int64_t count, const Work& work)
{
    const hn::ScalableTag<double> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        work(d, i);
    for (; i < count; ++i)
        work(hn::CappedTag<double, 1>(), i);
}

} // namespace vitrine::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
