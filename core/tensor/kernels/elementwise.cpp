#include "core/tensor/kernels/elementwise.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/elementwise.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

#include "core/tensor/kernels/exp-inl.h"

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

float sumOfSquares(const float* x, std::int64_t size)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    auto even = hn::Zero(d), odd = hn::Zero(d);
    std::int64_t i = 0;
    for (; i + 2 * lanes <= size; i += 2 * lanes) {
        const auto a = hn::LoadU(d, x + i), b = hn::LoadU(d, x + i + lanes);
        even = hn::MulAdd(a, a, even);
        odd = hn::MulAdd(b, b, odd);
    }
    float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(even, odd)));
    for (; i < size; ++i)
        sum += x[i] * x[i];
    return sum;
}

// Where the squares are too large for single precision.
void rmsNormWide(const float* x, const float* weight, std::int64_t size, float epsilon, float* out)
{
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i)
        sum += static_cast<double>(x[i]) * static_cast<double>(x[i]);
    const double factor =
        1 / std::sqrt(sum / static_cast<double>(size) + static_cast<double>(epsilon));
    for (std::int64_t i = 0; i < size; ++i)
        out[i] = weight[i] * static_cast<float>(static_cast<double>(x[i]) * factor);
}

void rmsNormOf(const float* x, const float* weight, std::int64_t size, float epsilon, float* out)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const float squares = sumOfSquares(x, size);
    if (!std::isfinite(squares))
        return rmsNormWide(x, weight, size, epsilon, out);
    const float factor = 1.0f / std::sqrt(squares / static_cast<float>(size) + epsilon);
    const auto factors = hn::Set(d, factor);
    std::int64_t i = 0;
    for (; i + lanes <= size; i += lanes)
        hn::StoreU(hn::Mul(hn::LoadU(d, weight + i), hn::Mul(hn::LoadU(d, x + i), factors)), d,
                   out + i);
    for (; i < size; ++i)
        out[i] = weight[i] * (x[i] * factor);
}

template <class D, class V = hn::Vec<D>>
HWY_INLINE V silu(D d, V x)
{
    const V one = hn::Set(d, 1.0f), least = hn::Set(d, kLeastExponent);
    const V exponent = hn::Neg(hn::Abs(x));
    const V e =
        hn::IfThenZeroElse(hn::Lt(exponent, least), expNegative(d, hn::Max(exponent, least)));
    const V numerator = hn::IfThenElse(hn::Lt(x, hn::Zero(d)), e, one);
    return hn::Div(hn::Mul(x, numerator), hn::Add(one, e));
}

void swiGluOf(float* gate, const float* up, std::int64_t size)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= size; i += lanes)
        hn::StoreU(hn::Mul(silu(d, hn::LoadU(d, gate + i)), hn::LoadU(d, up + i)), d, gate + i);
    const hn::CappedTag<float, 1> one;
    for (; i < size; ++i)
        hn::StoreU(hn::Mul(silu(one, hn::LoadU(one, gate + i)), hn::LoadU(one, up + i)), one,
                   gate + i);
}

void siluOf(float* x, std::int64_t size)
{
    const hn::ScalableTag<float> d;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= size; i += lanes)
        hn::StoreU(silu(d, hn::LoadU(d, x + i)), d, x + i);
    const hn::CappedTag<float, 1> one;
    for (; i < size; ++i)
        hn::StoreU(silu(one, hn::LoadU(one, x + i)), one, x + i);
}

template <class D>
HWY_INLINE void rotateStep(D d, float* low, float* high, const float* cosine, const float* sine)
{
    const auto c = hn::LoadU(d, cosine), s = hn::LoadU(d, sine);
    const auto x1 = hn::LoadU(d, low), x2 = hn::LoadU(d, high);
    hn::StoreU(hn::NegMulAdd(x2, s, hn::Mul(x1, c)), d, low);
    hn::StoreU(hn::MulAdd(x1, s, hn::Mul(x2, c)), d, high);
}

void rotateOf(float* x, const float* cosine, const float* sine, std::int64_t size)
{
    const hn::ScalableTag<float> d;
    const hn::CappedTag<float, 1> one;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    const std::int64_t half = size / 2;
    std::int64_t i = 0;
    for (; i + lanes <= half; i += lanes)
        rotateStep(d, x + i, x + half + i, cosine + i, sine + i);
    for (; i < half; ++i)
        rotateStep(one, x + i, x + half + i, cosine + i, sine + i);
}

void expNegativeOf(float* x, std::int64_t count)
{
    const hn::ScalableTag<float> d;
    const hn::CappedTag<float, 1> one;
    const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
    std::int64_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(expNegative(d, hn::Max(hn::LoadU(d, x + i), hn::Set(d, kLeastExponent))), d,
                   x + i);
    for (; i < count; ++i)
        hn::StoreU(expNegative(one, hn::Max(hn::LoadU(one, x + i), hn::Set(one, kLeastExponent))),
                   one, x + i);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(rmsNormOf);
HWY_EXPORT(swiGluOf);
HWY_EXPORT(siluOf);
HWY_EXPORT(rotateOf);
HWY_EXPORT(expNegativeOf);

void rmsNorm(const float* x, const float* weight, std::int64_t size, float epsilon, float* out)
{
    HWY_DYNAMIC_DISPATCH(rmsNormOf)(x, weight, size, epsilon, out);
}

void swiGlu(float* gate, const float* up, std::int64_t size)
{
    HWY_DYNAMIC_DISPATCH(swiGluOf)(gate, up, size);
}

void silu(float* x, std::int64_t size)
{
    HWY_DYNAMIC_DISPATCH(siluOf)(x, size);
}

void rotate(float* x, const float* cosine, const float* sine, std::int64_t size)
{
    HWY_DYNAMIC_DISPATCH(rotateOf)(x, cosine, sine, size);
}

void expNegative(float* x, std::int64_t count)
{
    HWY_DYNAMIC_DISPATCH(expNegativeOf)(x, count);
}

} // namespace vitrine::kernels
#endif
