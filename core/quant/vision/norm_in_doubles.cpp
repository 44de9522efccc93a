#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/quant/vision/norm_in_doubles.cpp"
#include <hwy/foreach_target.h>

#include "core/quant/vision/double_rows-inl.h"
#include "core/quant/vision/integer_layer_norm.h"

#include <hwy/highway.h>

#include <cassert>
#include <cmath>

HWY_BEFORE_NAMESPACE();
namespace vitrine::quant::HWY_NAMESPACE
{

// x cut to so many binary digits.
template <class D, class V>
HWY_INLINE V firstDigits(D d, V x, int digits)
{
    const hn::RebindToUnsigned<D> words;
    return hn::BitCast(
        d, hn::And(hn::BitCast(words, x), hn::Set(words, ~std::uint64_t{0} << (53 - digits))));
}

// `sum` of the row, `root`: its 1 / sqrt(D).
void normRowInDoublesOf(const IntegerLayerNormTables& t, double sum, double root,
                        const double* codes, double* out)
{
    const auto channels = static_cast<std::int64_t>(t.shifts.size());
    forVectors(channels, [&](auto d, std::int64_t i) HWY_ATTR {
        const auto at = [&](const std::vector<double>& values)
                            HWY_ATTR { return hn::LoadU(d, values.data() + i); };
        const auto x = hn::Mul(hn::LoadU(d, codes + i), at(t.realPowers));
        const auto deviation =
            hn::Sub(hn::Mul(hn::Set(d, static_cast<double>(channels)), x), hn::Set(d, sum));
        const auto multiplier = firstDigits(d, hn::Mul(at(t.realFactors), hn::Set(d, root)),
                                            t.multiplierBits); // M 2^-N'
        const auto product = hn::Floor(hn::Mul(hn::Mul(multiplier, deviation), hn::Set(d, 0x1p16)));
        const auto y = hn::Floor(hn::Mul(hn::Add(product, at(t.realOffsets)), hn::Set(d, 0x1p-16)));
        const auto low = hn::Set(d, static_cast<double>(t.low)),
                   high = hn::Set(d, static_cast<double>(t.high));
        hn::StoreU(hn::Min(hn::Max(y, low), high), d, out + i);
    });
}

} // namespace vitrine::quant::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::quant
{

HWY_EXPORT(normRowInDoublesOf);

static_assert(IntegerLayerNorm::kFractionBits == 16);

// Why every step gives the whole number that `row` has, with C <= 4096 and |x'| <= 1024: S, Q and
// D = C Q - S^2 are whole and at most 2^22, 2^32 and 2^44, hence exact. D 4^f is below 2^32, its
// root below 2^16 and, where it is no whole number, at least 2^-29 below the next one, far more
// than the rounding of sqrt (2^-38), so that its floor is right; that of the quotient 2^31 / R for
// the same reason. weight / step times the root is a product of 16 and 17 bits; M times C x' - S
// one of 16 and 24; scaling by powers of two loses nothing. What is added at last is below 2^38.
void IntegerLayerNorm::rowInDoubles(std::span<const double> codes, std::span<double> out) const
{
    const IntegerLayerNormTables& t = *tables_;
    assert(codes.size() == channels() && out.size() == channels());
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const double x = codes[i] * t.realPowers[i];
        sum += x;
        squares += x * x;
    }
    const double d = static_cast<double>(codes.size()) * squares - sum * sum;
    int width = 0;
    std::frexp(d, &width); // 2^(width - 1) <= D < 2^width
    const int f = static_cast<int>(std::floor((32 - width) / 2.0));
    const double reciprocal =
        d == 0 ? 0 : std::floor(0x1p31 / std::floor(std::sqrt(std::ldexp(d, 2 * f))));
    HWY_DYNAMIC_DISPATCH(normRowInDoublesOf)
    (t, sum, std::ldexp(reciprocal, f - 31), codes.data(), out.data());
}

} // namespace vitrine::quant
#endif
