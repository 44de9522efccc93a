#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/vision/rounded_rows.cpp"
#include <hwy/foreach_target.h>

#include "core/quant/vision/double_rows-inl.h"
#include "core/quant/vision/rounded_rows.h"

#include <hwy/highway.h>

#include <cassert>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace vitrine::quant::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
// What a product of doubles loses: the difference of the true one from the rounded one.
template <class D, class V>
HWY_INLINE V lostOf(D d, V a, V b, V product)
{
#if HWY_NATIVE_FMA
    (void)d;
    return hn::MulSub(a, b, product);
#else
    double as[hn::MaxLanes(d)], bs[hn::MaxLanes(d)], lost[hn::MaxLanes(d)];
    hn::StoreU(a, d, as), hn::StoreU(b, d, bs), hn::StoreU(product, d, lost);
    for (std::size_t i = 0; i < hn::Lanes(d); ++i)
        lost[i] = std::fma(as[i], bs[i], -lost[i]);
    return hn::LoadU(d, lost);
#endif
}

// A whole number and whether what it was rounded from lies half-way above an even one.
template <class V, class M>
struct RoundedVector {
    V whole;
    M isHalf;
};

template <class D, class V>
HWY_INLINE auto roundedHalfUp(D d, V product)
{
    const auto below = hn::Floor(product), half = hn::Set(d, 0.5);
    const auto above = hn::Sub(product, below), halved = hn::Mul(below, half);
    const auto whole = hn::IfThenElse(hn::Ge(above, half), hn::Add(below, hn::Set(d, 1.0)), below);
    const auto isHalf = hn::And(hn::Eq(above, half), hn::Eq(hn::Floor(halved), halved));
    return RoundedVector<V, decltype(isHalf)>{whole, isHalf};
}

// requantizedInDoubles (requantizer.h), half-way up.
template <class D, class V>
HWY_INLINE auto roundedExactly(D d, V sum, V factor)
{
    const auto product = hn::Mul(sum, factor), lost = lostOf(d, sum, factor, product);
    const auto below = hn::Floor(product), half = hn::Set(d, 0.5), zero = hn::Zero(d);
    const auto rest = hn::Sub(product, below), halved = hn::Mul(below, half);
    const auto above = hn::Add(hn::Sub(rest, half), lost);
    // The true product lies just below a whole number.
    const auto isBelow = hn::Lt(hn::Add(rest, lost), zero);
    const auto isUp = hn::And(hn::Not(isBelow), hn::Ge(above, zero));
    const auto whole = hn::IfThenElse(isUp, hn::Add(below, hn::Set(d, 1.0)), below);
    const auto isHalf =
        hn::And(hn::And(hn::Not(isBelow), hn::Eq(above, zero)), hn::Eq(hn::Floor(halved), halved));
    return RoundedVector<V, decltype(isHalf)>{whole, isHalf};
}

template <class Rounded>
HWY_INLINE std::int64_t roundEach(const SumRows& of, const Rounded& rounded)
{
    const auto columns = static_cast<std::int64_t>(of.factors.size());
    const double *factors = of.factors.data(),
                 *biases = of.biases.empty() ? nullptr : of.biases.data();
    std::int64_t halves = 0;
    for (std::int64_t r = 0; r < of.rows; ++r) {
        double* sums = of.sums + r * columns;
        forVectors(columns, [&](auto d, std::int64_t i) HWY_ATTR {
            auto sum = hn::LoadU(d, sums + i);
            if (biases)
                sum = hn::Add(sum, hn::LoadU(d, biases + i));
            const auto found = rounded(d, sum, hn::LoadU(d, factors + i));
            halves += static_cast<std::int64_t>(hn::CountTrue(d, found.isHalf));
            hn::StoreU(hn::Min(hn::Max(found.whole, hn::Set(d, of.low)), hn::Set(d, of.high)), d,
                       sums + i);
        });
    }
    return halves;
}

std::int64_t roundRowsOf(const SumRows& of)
{
    return roundEach(of, [](auto d, auto sum, auto factor)
                             HWY_ATTR { return roundedHalfUp(d, hn::Mul(sum, factor)); });
}

std::int64_t roundExactRowsOf(const SumRows& of)
{
    return roundEach(of, [](auto d, auto sum, auto factor)
                             HWY_ATTR { return roundedExactly(d, sum, factor); });
}

void addRowsOf(const double* a, std::span<const double> aBy, const double* b,
               std::span<const double> bBy, std::int64_t rows, double* out)
{
    const auto columns = static_cast<std::int64_t>(aBy.size());
    for (std::int64_t r = 0; r < rows; ++r, a += columns, b += columns, out += columns)
        forVectors(columns, [&](auto d, std::int64_t i) HWY_ATTR {
            const auto first = hn::Mul(hn::LoadU(d, a + i), hn::LoadU(d, aBy.data() + i));
            const auto second = hn::Mul(hn::LoadU(d, b + i), hn::LoadU(d, bBy.data() + i));
            hn::StoreU(hn::Add(first, second), d, out + i);
        });
}

} // namespace vitrine::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::quant
{

HWY_EXPORT(roundRowsOf);
HWY_EXPORT(roundExactRowsOf);
HWY_EXPORT(addRowsOf);

std::int64_t roundRows(const SumRows& rows)
{
    return HWY_DYNAMIC_DISPATCH(roundRowsOf)(rows);
}

std::int64_t roundExactRows(const SumRows& rows)
{
    return HWY_DYNAMIC_DISPATCH(roundExactRowsOf)(rows);
}

void addRows(const double* a, std::span<const double> aBy, const double* b,
             std::span<const double> bBy, std::int64_t rows, double* out)
{
    assert(aBy.size() == bBy.size());
    HWY_DYNAMIC_DISPATCH(addRowsOf)(a, aBy, b, bBy, rows, out);
}

} // namespace vitrine::quant
#endif
