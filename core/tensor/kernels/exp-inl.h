// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_KERNELS_EXP_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_KERNELS_EXP_INL_H
#undef VITRINE_KERNELS_EXP_INL_H
#else
#define VITRINE_KERNELS_EXP_INL_H
#endif

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// Where exp is still a normal float.
inline constexpr float kLeastExponent = -87.0f;

// exp(x) for kLeastExponent <= x <= 0, relative error about 1e-7. exp(x) = 2^n exp(r) with n =
// round(x / ln 2) and |r| <= ln 2 / 2; the polynomial for exp(r) is that of the Cephes library
// (expf).
template <class D, class V = hn::Vec<D>>
HWY_INLINE V expNegative(D d, V x)
{
    const hn::RebindToSigned<D> di;
    const V magic =
        hn::Set(d, 12582912.0f); // 1.5 * 2^23: the sum's last bits are the rounded integer
    const V shifted = hn::MulAdd(x, hn::Set(d, 1.44269504088896341f), magic);
    const V n = hn::Sub(shifted, magic);
    V r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), x);
    r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);

    V p = hn::Set(d, 1.9875691500e-4f);
    p = hn::MulAdd(p, r, hn::Set(d, 1.3981999507e-3f));
    p = hn::MulAdd(p, r, hn::Set(d, 8.3334519073e-3f));
    p = hn::MulAdd(p, r, hn::Set(d, 4.1665795894e-2f));
    p = hn::MulAdd(p, r, hn::Set(d, 1.6666665459e-1f));
    p = hn::MulAdd(p, r, hn::Set(d, 5.0000001201e-1f));
    p = hn::MulAdd(p, hn::Mul(r, r), hn::Add(r, hn::Set(d, 1.0f)));

    const auto exponent = hn::ShiftLeft<23>(hn::BitCast(di, shifted));
    return hn::BitCast(d, hn::Add(hn::BitCast(di, p), exponent));
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif
