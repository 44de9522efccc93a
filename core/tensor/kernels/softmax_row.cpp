#include "core/tensor/kernels/softmax_row.h"

#include <algorithm>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/softmax_row.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/tensor/kernels/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

float largestOf(const float* x, std::int64_t count)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    auto a = hn::Set(d, -std::numeric_limits<float>::infinity()), b = a;
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        a = hn::Max(a, hn::LoadU(d, x + i));
        b = hn::Max(b, hn::LoadU(d, x + i + lanes));
    }
    float result = hn::GetLane(hn::MaxOfLanes(d, hn::Max(a, b)));
    for (; i < count; ++i)
        result = std::max(result, x[i]);
    return result;
}

// The same, and whether all are finite: 0 times anything else is not 0.
struct LargestOfRow {
    float value;
    bool isFinite;
};
LargestOfRow largestFiniteOf(const float* x, std::int64_t count)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const auto zero = hn::Zero(d);
    auto a = hn::Set(d, -std::numeric_limits<float>::infinity()), b = a;
    auto nothing = zero, nothing1 = zero;
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        const auto x0 = hn::LoadU(d, x + i), x1 = hn::LoadU(d, x + i + lanes);
        a = hn::Max(a, x0);
        b = hn::Max(b, x1);
        nothing = hn::MulAdd(x0, zero, nothing);
        nothing1 = hn::MulAdd(x1, zero, nothing1);
    }
    float result = hn::GetLane(hn::MaxOfLanes(d, hn::Max(a, b)));
    float rest = hn::GetLane(hn::SumOfLanes(d, hn::Add(nothing, nothing1)));
    for (; i < count; ++i) {
        result = std::max(result, x[i]);
        rest += x[i] * 0.0f;
    }
    return {result, rest == 0.0f};
}

// One vector of a row: e, and its share of the sums.
template <bool kStatistics, class D, class V = hn::Vec<D>>
struct RowSums {
    V sum, weighted, distance;

    explicit RowSums(D d) : sum(hn::Zero(d)), weighted(hn::Zero(d)), distance(hn::Zero(d)) {}

    HWY_INLINE V exponent(D d, V score, V scale, V maximum) const
    {
        return hn::Max(hn::MulSub(score, scale, maximum), hn::Set(d, kLeastExponent));
    }
    HWY_INLINE void add(V e, V x, V tokensAway)
    {
        sum = hn::Add(sum, e);
        if constexpr (kStatistics) {
            weighted = hn::MulAdd(e, x, weighted);
            distance = hn::MulAdd(e, tokensAway, distance);
        }
    }
};

template <bool kStatistics>
SoftmaxRow softmaxRowOf(float* scores, std::int64_t count, float scale)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const LargestOfRow largestScore = largestFiniteOf(scores, count);
    if (!largestScore.isFinite) {
        constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
        std::fill_n(scores, count, kNone);
        return {.maximum = kNone, .sum = kNone, .weighted = kNone, .distance = kNone};
    }
    const float m = largestScore.value * scale;
    const auto scales = hn::Set(d, scale), maximum = hn::Set(d, m);
    const auto step = hn::Set(d, static_cast<float>(lanes));
    auto away = hn::Sub(hn::Set(d, static_cast<float>(count - 1)), hn::Iota(d, 0.0f));

    RowSums<kStatistics, decltype(d)> even(d), odd(d);
    std::int64_t i = 0;
    for (; i + 2 * lanes <= count; i += 2 * lanes) {
        const auto x0 = even.exponent(d, hn::LoadU(d, scores + i), scales, maximum);
        const auto x1 = odd.exponent(d, hn::LoadU(d, scores + i + lanes), scales, maximum);
        const auto e0 = expNegative(d, x0), e1 = expNegative(d, x1);
        const auto away1 = hn::Sub(away, step);
        even.add(e0, x0, away);
        odd.add(e1, x1, away1);
        if constexpr (kStatistics)
            away = hn::Sub(away1, step);
        hn::StoreU(e0, d, scores + i);
        hn::StoreU(e1, d, scores + i + lanes);
    }
    for (; i < count; i += lanes) {
        const auto mask = hn::FirstN(d, static_cast<std::size_t>(count - i));
        const auto x = even.exponent(d, hn::LoadU(d, scores + i), scales, maximum);
        const auto e = hn::IfThenElseZero(mask, expNegative(d, x));
        even.add(e, hn::IfThenElseZero(mask, x), away);
        if constexpr (kStatistics)
            away = hn::Sub(away, step);
        hn::StoreU(e, d, scores + i);
    }
    const auto total = [&](auto a, auto b) {
        return hn::GetLane(hn::SumOfLanes(d, hn::Add(a, b)));
    };
    SoftmaxRow row{.maximum = m, .sum = total(even.sum, odd.sum)};
    if constexpr (kStatistics) {
        row.weighted = total(even.weighted, odd.weighted);
        row.distance = total(even.distance, odd.distance);
    }
    return row;
}

SoftmaxRow softmaxPlain(float* scores, std::int64_t count, float scale)
{
    return softmaxRowOf<false>(scores, count, scale);
}

SoftmaxRow softmaxWithStatistics(float* scores, std::int64_t count, float scale)
{
    return softmaxRowOf<true>(scores, count, scale);
}

// Four vectors wide, all rows: sums and maxima stay in registers.
template <bool kMaximum>
void addColumnsOf(const float* e, std::int64_t rows, std::int64_t stride, std::int64_t columns,
                  const float* inverse, float* columnSum, float* columnMax)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    for (std::int64_t j = 0; j < columns; j += 4 * lanes) {
        auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0, m0 = s0, m1 = s0, m2 = s0, m3 = s0;
        const float* row = e + j;
        for (std::int64_t r = 0; r < rows; ++r, row += stride) {
            const auto factor = hn::Set(d, inverse[r]);
            const auto p0 = hn::Mul(hn::LoadU(d, row), factor);
            const auto p1 = hn::Mul(hn::LoadU(d, row + lanes), factor);
            const auto p2 = hn::Mul(hn::LoadU(d, row + 2 * lanes), factor);
            const auto p3 = hn::Mul(hn::LoadU(d, row + 3 * lanes), factor);
            s0 = hn::Add(s0, p0), s1 = hn::Add(s1, p1), s2 = hn::Add(s2, p2), s3 = hn::Add(s3, p3);
            if constexpr (kMaximum)
                m0 = hn::Max(m0, p0), m1 = hn::Max(m1, p1), m2 = hn::Max(m2, p2),
                m3 = hn::Max(m3, p3);
        }
        const auto raise = [&](float* to, auto sum, auto maximum, std::int64_t offset) {
            hn::StoreU(hn::Add(hn::LoadU(d, to + offset), sum), d, to + offset);
            if constexpr (kMaximum)
                hn::StoreU(hn::Max(hn::LoadU(d, columnMax + j + offset), maximum), d,
                           columnMax + j + offset);
        };
        raise(columnSum + j, s0, m0, 0);
        raise(columnSum + j, s1, m1, lanes);
        raise(columnSum + j, s2, m2, 2 * lanes);
        raise(columnSum + j, s3, m3, 3 * lanes);
    }
}

void addColumnSums(const float* e, std::int64_t rows, std::int64_t stride, std::int64_t columns,
                   const float* inverse, float* columnSum)
{
    addColumnsOf<false>(e, rows, stride, columns, inverse, columnSum, nullptr);
}

void addColumnSumsAndMaxima(const float* e, std::int64_t rows, std::int64_t stride,
                            std::int64_t columns, const float* inverse, float* columnSum,
                            float* columnMax)
{
    addColumnsOf<true>(e, rows, stride, columns, inverse, columnSum, columnMax);
}

void scaleByOf(float* x, std::int64_t count, float factor)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(hn::Mul(hn::LoadU(d, x + i), hn::Set(d, factor)), d, x + i);
    for (; i < count; ++i)
        x[i] *= factor;
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(largestOf);
HWY_EXPORT(softmaxPlain);
HWY_EXPORT(softmaxWithStatistics);
HWY_EXPORT(addColumnSums);
HWY_EXPORT(addColumnSumsAndMaxima);
HWY_EXPORT(scaleByOf);

float largest(const float* x, std::int64_t count)
{
    return HWY_DYNAMIC_DISPATCH(largestOf)(x, count);
}

SoftmaxRow softmaxRow(float* scores, std::int64_t count, float scale, bool statistics)
{
    return statistics ? HWY_DYNAMIC_DISPATCH(softmaxWithStatistics)(scores, count, scale)
                      : HWY_DYNAMIC_DISPATCH(softmaxPlain)(scores, count, scale);
}

void addColumns(const float* e, std::int64_t rows, std::int64_t stride, std::int64_t columns,
                const float* inverse, float* columnSum, float* columnMax)
{
    if (columnMax)
        HWY_DYNAMIC_DISPATCH(addColumnSumsAndMaxima)
    (e, rows, stride, columns, inverse, columnSum, columnMax);
    else HWY_DYNAMIC_DISPATCH(addColumnSums)(e, rows, stride, columns, inverse, columnSum);
}

void scaleBy(float* x, std::int64_t count, float factor)
{
    HWY_DYNAMIC_DISPATCH(scaleByOf)(x, count, factor);
}

} // namespace vitrine::kernels
#endif
