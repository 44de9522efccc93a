#include "core/tensor/kernels/code_norm.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/reciprocal_root.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#define HWY_WANT_AVX3_DL // as the sources it shares its headers with
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/code_norm.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

// Why 32 bits suffice. C x - S is the sum over all channels of x - x_j, adds up to 0 over the row
// and its squares add up to C D; hence |C x - S| <= sqrt((C - 1) D) =: z, and with a as large as
// z 2^a < 2^31 allows, (C x - S) 2^a has 32 bits with its sign, computed modulo 2^32.
// |factor| r has 31 or 32 bits; cut to 31 and to multiplierBits digits it is m = M 2^(31 - bits).
// The upper half of m (C x - S) 2^a is below 2^30, and what remains is a shift to the right by
// q = a - e - 48 - exponent - (1 where |factor| r has 32 bits). As D grows a falls as e rises:
// a - e >= 46 - (w + 1) / 2, w the bits of C - 1. So q >= 0 where exponent <= -3 - (w + 1) / 2.

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

inline constexpr std::int64_t kNormRows = 16; // their roots are computed at once

// What all channels of a row share.
struct NormedRow {
    std::int32_t root = 0;           // r
    std::int32_t scale = 0, sum = 0; // C 2^a and S 2^a, modulo 2^32
    std::int32_t shift = 1 << 16;    // a - e - 48
};

// Where the values of channels lie; what bytes are written to does not change it.
struct ChannelsAt {
    std::int64_t count;
    const std::int32_t *shifts, *factors, *signs, *exponents, *offsets;
    std::int32_t digits;
    CodeRange range;

    HWY_INLINE explicit ChannelsAt(const CodeNorm::Channels& t)
        : count(t.count),
          shifts(t.shifts.data()),
          factors(t.factors.data()),
          signs(t.signs.data()),
          exponents(t.exponents.data()),
          offsets(t.offsets.data()),
          digits(t.digits),
          range(t.range)
    {
    }
};

struct RowMoments {
    std::int64_t sum = 0, squares = 0;
};

HWY_INLINE CodeVector shiftedCodes(const ChannelsAt& t, const std::int8_t* x, std::int64_t i)
{
    return hn::Shl(widenedCodes(x + i, t.count - i), hn::LoadU(CodeInts(), t.shifts + i));
}

HWY_INLINE RowMoments momentsOfRow(const ChannelsAt& t, const std::int8_t* x)
{
    const CodeInts d;
    auto sum = hn::Zero(d), squares = hn::Zero(d);
    for (std::int64_t i = 0; i < t.count; i += kCodeLanes) {
        const auto value = shiftedCodes(t, x, i);
        sum = hn::Add(sum, value);
        squares = hn::Add(squares, hn::Mul(value, value));
    }
    return {hn::GetLane(hn::SumOfLanes(d, sum)), hn::GetLane(hn::SumOfLanes(d, squares))};
}

HWY_INLINE NormedRow normedRow(std::int64_t count, RowMoments of)
{
    const auto d = static_cast<std::uint64_t>(count * of.squares - of.sum * of.sum);
    if (d == 0)
        return {};
    const auto wrapped = [](std::int64_t value, int shift) {
        return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << shift);
    };
    const ReciprocalRoot root = reciprocalRoot(d);
    const auto bits = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(count - 1) * d));
    const int a = 31 - (bits + 1) / 2;
    return {static_cast<std::int32_t>(root.mantissa), wrapped(count, a), wrapped(of.sum, a),
            a - root.exponent - 48};
}

// The upper half of products of 64 bits.
HWY_INLINE CodeVector upperProducts(CodeVector a, CodeVector b)
{
    const CodeInts d;
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(d, static_cast<std::int32_t>((std::int64_t{a.raw} * b.raw) >> 32));
#else
    const hn::Repartition<std::uint64_t, CodeInts> d64;
    const auto odd = [&](CodeVector v) HWY_ATTR {
        return hn::BitCast(d, hn::ShiftRight<32>(hn::BitCast(d64, v)));
    };
    const auto evens = hn::ShiftRight<32>(hn::BitCast(d64, hn::MulEven(a, b)));
    return hn::OddEven(hn::BitCast(d, hn::MulEven(odd(a), odd(b))), hn::BitCast(d, evens));
#endif
}

// Codes of channels from i on, without the ends of the range.
HWY_INLINE CodeVector normedCodes(const ChannelsAt& t, const NormedRow& row, const std::int8_t* x,
                                  std::int64_t i)
{
    const CodeInts d;
    const hn::RebindToUnsigned<CodeInts> unsignedInts;
    const auto at = [&](const std::int32_t* values) HWY_ATTR { return hn::LoadU(d, values + i); };
    const auto deviation =
        hn::Sub(hn::Mul(shiftedCodes(t, x, i), hn::Set(d, row.scale)), hn::Set(d, row.sum));
    const auto product = hn::BitCast(unsignedInts, hn::Mul(at(t.factors), hn::Set(d, row.root)));
    const auto isLong = hn::ShiftRight<31>(product); // 0 or 1
    const auto kept = hn::And(hn::BitCast(d, hn::Shr(product, isLong)), hn::Set(d, t.digits));
    const auto sign = at(t.signs);
    const auto multiplier = hn::Sub(hn::Xor(kept, sign), sign);
    const auto shift =
        hn::Sub(hn::Sub(hn::Set(d, row.shift), at(t.exponents)), hn::BitCast(d, isLong));
    const auto normed =
        hn::Shr(upperProducts(multiplier, deviation), hn::Min(shift, hn::Set(d, 31)));
    return hn::ShiftRight<16>(hn::Add(normed, at(t.offsets)));
}

HWY_INLINE void normRow(const ChannelsAt& t, const NormedRow& row, const std::int8_t* x,
                        std::int8_t* y)
{
    const hn::Rebind<std::int8_t, CodeInts> bytes;
    const auto low = hn::Set(bytes, static_cast<std::int8_t>(t.range.low)),
               high = hn::Set(bytes, static_cast<std::int8_t>(t.range.high));
    for (std::int64_t i = 0; i < t.count; i += kCodeLanes) {
        const auto codes = hn::DemoteTo(bytes, normedCodes(t, row, x, i));
        storeFirst(hn::Min(hn::Max(codes, low), high), t.count - i, y + i);
    }
}

void normRowsOf(const CodeNorm::Channels& channels, const std::int8_t* x, std::int64_t rows,
                std::int8_t* y)
{
    const ChannelsAt t(channels);
    NormedRow normed[kNormRows];
    for (std::int64_t first = 0; first < rows; first += kNormRows) {
        const std::int64_t end = std::min(first + kNormRows, rows);
        for (std::int64_t r = first; r < end; ++r)
            normed[r - first] = normedRow(t.count, momentsOfRow(t, x + r * t.count));
        for (std::int64_t r = first; r < end; ++r)
            normRow(t, normed[r - first], x + r * t.count, y + r * t.count);
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{
namespace
{

HWY_EXPORT(normRowsOf);

constexpr std::int64_t kNormedTogether = 8'192; // codes of one thread's share
constexpr std::int32_t kNoFactor = -(1 << 16);  // the exponent of a factor of 0: all is shifted out

Result<void> checkNormSizes(const CodeNormShape& s, CodeRange range)
{
    const std::size_t count = s.factors.size();
    if (count < 1 || s.shifts.size() != count || s.exponents.size() != count ||
        s.offsets.size() != count)
        return argumentError("an integer LayerNorm of {} channels has {} shifts, {} exponents and "
                             "{} offsets",
                             count, s.shifts.size(), s.exponents.size(), s.offsets.size());
    if (s.multiplierBits < 1 || s.multiplierBits > 16)
        return argumentError("multipliers of a LayerNorm have 1 to 16 bits, not {}",
                             s.multiplierBits);
    if (range.low < -128 || range.high > 127 || range.low > range.high)
        return argumentError("codes from {} to {} do not fit 8 bits", range.low, range.high);
    return {};
}

Result<void> checkNormFits(const CodeNormShape& s)
{
    const std::size_t count = s.factors.size();
    const int largestShift = *std::ranges::max_element(s.shifts);
    if (largestShift > 3 || count >= std::size_t{1} << (31 - 2 * (7 + largestShift)))
        return argumentError("squares of {} codes shifted by up to {} do not fit 32 bits", count,
                             largestShift);
    const int mostExponent = -3 - (static_cast<int>(std::bit_width(count - 1)) + 1) / 2;
    for (std::size_t c = 0; c < count; ++c) {
        const std::int32_t factor = std::abs(s.factors[c]);
        if (factor != 0 && (factor < 1 << 15 || factor >= 1 << 16 ||
                            s.exponents[c] > mostExponent || s.exponents[c] < kNoFactor))
            return argumentError("the factor {} * 2^{} of channel {} does not fit {} channels in "
                                 "32 bits",
                                 s.factors[c], s.exponents[c], c, count);
        if (std::abs(s.offsets[c]) >= std::int64_t{1} << 30)
            return argumentError("the offset {} of channel {} does not fit 30 bits", s.offsets[c],
                                 c);
    }
    return {};
}

} // namespace

Result<CodeNorm> CodeNorm::make(const CodeNormShape& shape, CodeRange range)
{
    VITRINE_CHECK(checkNormSizes(shape, range));
    VITRINE_CHECK(checkNormFits(shape));
    const std::size_t count = shape.factors.size(), padded = (count + 15) / 16 * 16;
    Channels made{.count = static_cast<std::int64_t>(count), .range = range};
    made.digits =
        static_cast<std::int32_t>((0x7fffffffu << (31 - shape.multiplierBits)) & 0x7fffffffu);
    made.shifts.assign(shape.shifts.begin(), shape.shifts.end());
    for (std::size_t c = 0; c < count; ++c) {
        made.factors.push_back(std::abs(shape.factors[c]));
        made.signs.push_back(shape.factors[c] < 0 ? -1 : 0);
        made.exponents.push_back(shape.factors[c] == 0 ? kNoFactor : shape.exponents[c]);
        made.offsets.push_back(static_cast<std::int32_t>(shape.offsets[c]));
    }
    for (auto* values : {&made.shifts, &made.factors, &made.signs, &made.offsets})
        values->resize(padded);
    made.exponents.resize(padded, kNoFactor);
    return CodeNorm(std::move(made));
}

void CodeNorm::run(const std::int8_t* x, std::int64_t rows, std::int8_t* y) const
{
    const std::int64_t count = channels_.count,
                       height = std::max<std::int64_t>(1, kNormedTogether / count);
    parallelFor(static_cast<std::size_t>((rows + height - 1) / height), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * height;
        HWY_DYNAMIC_DISPATCH(normRowsOf)
        (channels_, x + first * count, std::min(height, rows - first), y + first * count);
    });
}

} // namespace vitrine::kernels
#endif
