#include "core/tensor/kernels/dot.h"

#include "core/tensor/kernels/dense_weights.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/dot.cpp"
#include <hwy/foreach_target.h>

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

inline constexpr std::int64_t kLine = 64;    // bytes of a cache line
inline constexpr std::int64_t kAhead = 4096; // bytes between what is used and what is fetched

struct Single {
    static constexpr std::int64_t size = 4;
    template <class D>
    static hn::Vec<D> load(D d, const std::byte* p)
    {
        return hn::LoadU(d, reinterpret_cast<const float*>(p));
    }
};

template <typename Narrow>
struct Widened {
    static constexpr std::int64_t size = 2;
    template <class D>
    static hn::Vec<D> load(D d, const std::byte* p)
    {
        const hn::Rebind<Narrow, D> narrow;
        return hn::PromoteTo(d, hn::LoadU(narrow, reinterpret_cast<const Narrow*>(p)));
    }
};

float tailValue(DType type, const std::byte* p)
{
    float value = 0;
    widen(type, p, 1, &value);
    return value;
}

// One row after the other: the weights are one stream, which the memory serves fastest. Four sums
// are in flight.
template <class Load>
float dotRow(const std::byte* row, DType type, const float* x, std::int64_t inputs)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto product = [&](std::int64_t i, auto sum) {
        return hn::MulAdd(Load::load(d, row + i * Load::size), hn::LoadU(d, x + i), sum);
    };
    auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    std::int64_t i = 0;
    for (; i + 4 * lanes <= inputs; i += 4 * lanes) {
        for (std::int64_t line = 0; line < 4 * lanes * Load::size; line += kLine)
            hwy::Prefetch(row + i * Load::size + kAhead + line);
        s0 = product(i, s0);
        s1 = product(i + lanes, s1);
        s2 = product(i + 2 * lanes, s2);
        s3 = product(i + 3 * lanes, s3);
    }
    for (; i + lanes <= inputs; i += lanes)
        s0 = product(i, s0);
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
    for (; i < inputs; ++i)
        sum += tailValue(type, row + i * Load::size) * x[i];
    return sum;
}

template <class Load>
void dotAll(DType type, const std::byte* rows, std::int64_t inputs, std::int64_t begin,
            std::int64_t end, const float* x, float* y)
{
    for (std::int64_t r = begin; r < end; ++r)
        y[r - begin] = dotRow<Load>(rows + r * inputs * Load::size, type, x, inputs);
}

void dotRowsOf(DType type, const std::byte* rows, std::int64_t inputs, std::int64_t begin,
               std::int64_t end, const float* x, float* y)
{
    if (type == DType::f32)
        dotAll<Single>(type, rows, inputs, begin, end, x, y);
    else if (type == DType::f16)
        dotAll<Widened<hwy::float16_t>>(type, rows, inputs, begin, end, x, y);
    else
        dotAll<Widened<hwy::bfloat16_t>>(type, rows, inputs, begin, end, x, y);
}

void weightedSumOf(const float* p, std::int64_t count, const float* v, std::int64_t stride,
                   std::int64_t size, float* y)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= size; i += lanes) {
        auto even = hn::Zero(d), odd = hn::Zero(d);
        std::int64_t t = 0;
        for (; t + 2 <= count; t += 2) {
            even = hn::MulAdd(hn::Set(d, p[t]), hn::LoadU(d, v + t * stride + i), even);
            odd = hn::MulAdd(hn::Set(d, p[t + 1]), hn::LoadU(d, v + (t + 1) * stride + i), odd);
        }
        if (t < count)
            even = hn::MulAdd(hn::Set(d, p[t]), hn::LoadU(d, v + t * stride + i), even);
        hn::StoreU(hn::Add(even, odd), d, y + i);
    }
    for (; i < size; ++i) {
        float sum = 0;
        for (std::int64_t t = 0; t < count; ++t)
            sum += p[t] * v[t * stride + i];
        y[i] = sum;
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(dotRowsOf);
HWY_EXPORT(weightedSumOf);

void dotRows(DType type, const std::byte* rows, std::int64_t inputs, std::int64_t begin,
             std::int64_t end, const float* x, float* y)
{
    HWY_DYNAMIC_DISPATCH(dotRowsOf)(type, rows, inputs, begin, end, x, y);
}

void weightedSum(const float* p, std::int64_t count, const float* v, std::int64_t stride,
                 std::int64_t size, float* y)
{
    HWY_DYNAMIC_DISPATCH(weightedSumOf)(p, count, v, stride, size, y);
}

} // namespace vitrine::kernels
#endif
