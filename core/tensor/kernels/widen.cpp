#include "core/tensor/kernels/dense_weights.h"

#include <cassert>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/widen.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// Whole vectors only; returns how many values were done.
template <typename Narrow>
std::int64_t widenVectors(const std::byte* source, std::int64_t count, float* out)
{
    const hn::ScalableTag<float> d;
    const hn::Rebind<Narrow, decltype(d)> narrow;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto* values = reinterpret_cast<const Narrow*>(source);
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::PromoteTo(d, hn::LoadU(narrow, values + i)), d, out + i);
    return i;
}

std::int64_t widenHalf(const std::byte* source, std::int64_t count, float* out)
{
    return widenVectors<hwy::float16_t>(source, count, out);
}

std::int64_t widenBfloat(const std::byte* source, std::int64_t count, float* out)
{
    return widenVectors<hwy::bfloat16_t>(source, count, out);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(widenHalf);
HWY_EXPORT(widenBfloat);

bool canWiden(DType type)
{
    return type == DType::f32 || type == DType::f16 || type == DType::bf16;
}

void widen(DType type, const std::byte* source, std::int64_t count, float* out)
{
    assert(canWiden(type));
    if (type == DType::f32) {
        std::memcpy(out, source, static_cast<std::size_t>(count) * sizeof(float));
        return;
    }
    const bool half = type == DType::f16;
    std::int64_t i = half ? HWY_DYNAMIC_DISPATCH(widenHalf)(source, count, out)
                          : HWY_DYNAMIC_DISPATCH(widenBfloat)(source, count, out);
    for (; i < count; ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, source + 2 * i, sizeof bits);
        out[i] = half ? fromHalf(bits) : fromBfloat(bits);
    }
}

} // namespace vitrine::kernels
#endif
