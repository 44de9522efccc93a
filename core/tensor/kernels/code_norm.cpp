#include "core/tensor/kernels/code_norm.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>

#define HWY_WANT_AVX3_DL // as the sources it shares its headers with
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/code_norm.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

using NormInts = hn::CappedTag<std::int64_t, 8>;
using NormVector = hn::Vec<NormInts>;
inline constexpr auto kNormLanes = static_cast<std::int64_t>(hn::MaxLanes(NormInts()));
inline constexpr std::int64_t kMostNormChannels = 4096;
inline constexpr std::int64_t kNormSumChannels = 256; // whose squares fit 32 bits in any lane

// The tables as the loops read them: no store of codes can change where they lie.
struct NormPlan {
    std::int64_t channels, lift;
    int bits;
    std::int32_t inputZero, low, high;
    const std::uint32_t* weights;
    const std::int32_t *signs, *exponents, *shifts;
    const std::int64_t* twiceBias;

    HWY_INLINE explicit NormPlan(const CodeNorm::Tables& t)
        : channels(t.channels),
          lift(t.lift),
          bits(t.codes.multiplierBits),
          inputZero(t.codes.inputZero),
          low(t.codes.range.low),
          high(t.codes.range.high),
          weights(t.weights.data()),
          signs(t.signs.data()),
          exponents(t.exponents.data()),
          shifts(t.shifts.data()),
          twiceBias(t.twiceBias.data())
    {
    }
};

// What all channels of a row share; `exponent` is f - 15 - l.
struct NormRow {
    std::int64_t inverse = 0, mean = 0; // 32 bits each
    int exponent = -1000;
};

struct NormSums {
    std::int64_t sum = 0, squares = 0;
};

HWY_INLINE void addLanes(CodeVector values, std::int64_t& sum)
{
    std::int32_t lanes[hn::MaxLanes(CodeInts())];
    hn::StoreU(values, CodeInts(), lanes);
    for (const std::int32_t lane : lanes)
        sum += lane;
}

// Codes of a row as whole numbers: those behind the last channel are 0.
HWY_INLINE NormSums widenRow(const NormPlan& t, const std::int8_t* codes, std::int32_t* x)
{
    const CodeInts d;
    const auto zero = hn::Set(d, t.inputZero);
    NormSums sums;
    for (std::int64_t first = 0; first < t.channels; first += kNormSumChannels) {
        auto sum = hn::Zero(d), squares = sum;
        const std::int64_t end = std::min(first + kNormSumChannels, t.channels);
        for (std::int64_t i = first; i < end; i += kCodeLanes) {
            const auto shifts = hn::LoadU(d, t.shifts + i);
            auto value = hn::Shl(hn::Sub(widenedCodes(codes + i, end - i), zero), shifts);
            if (i + kCodeLanes > end) {
                hn::StoreU(value, d, x + i);
                std::fill(x + end, x + i + kCodeLanes, 0);
                value = hn::LoadU(d, x + i);
            }
            hn::StoreU(value, d, x + i);
            sum = hn::Add(sum, value);
            squares = hn::Add(squares, hn::Mul(value, value));
        }
        addLanes(sum, sums.sum), addLanes(squares, sums.squares);
    }
    return sums;
}

// The root of a whole number below 2^52; the library's is at most one unit off when it is cut.
HWY_INLINE std::int64_t flooredRoot(std::int64_t x)
{
    auto root = static_cast<std::int64_t>(std::sqrt(static_cast<double>(x)));
    while (root * root > x)
        --root;
    while ((root + 1) * (root + 1) <= x)
        ++root;
    return root;
}

HWY_INLINE NormRow normRowOf(const NormPlan& t, NormSums sums)
{
    const std::int64_t channels = t.channels;
    const std::int64_t variance = channels * sums.squares - sums.sum * sums.sum;
    if (variance == 0)
        return {};
    const int f = (52 - static_cast<int>(std::bit_width(static_cast<std::uint64_t>(variance)))) / 2;
    const std::int64_t root = flooredRoot(variance << (2 * f));
    // floor(sum 2^14 / C + 1/2); what is shifted stays positive.
    constexpr std::int64_t above = std::int64_t{1} << 30;
    const std::int64_t mean =
        (sums.sum * (1 << 15) + channels + above * 2 * channels) / (2 * channels) - above;
    return {(channels << (38 + t.lift)) / root, mean, f - 15 - static_cast<int>(t.lift)};
}

// (inverse * |weight|) >> 23, of weights shifted by 8.
HWY_INLINE CodeVector scaledWeights(std::int64_t inverse, const std::uint32_t* weights)
{
    const CodeInts d;
#if HWY_TARGET == HWY_SCALAR
    return hn::Set(d, static_cast<std::int32_t>((inverse * (*weights >> 8)) >> 23));
#else
    const hn::RebindToUnsigned<CodeInts> d32;
    const auto twice = hn::Set(d32, static_cast<std::uint32_t>(2 * inverse));
    const auto even = hn::LoadU(d32, weights);
    // Products of 58 bits have the number in their upper 32.
    const auto evens = hn::MulEven(even, twice), odds = hn::MulEven(hn::Shuffle2301(even), twice);
    return hn::OddEven(hn::BitCast(d, odds), hn::BitCast(d, hn::ShiftRight<32>(evens)));
#endif
}

// What fits 32 bits, of kCodeLanes channels.
struct NormNarrow {
    std::int32_t slope[SumRequantizer::kTogether];        // a with its sign
    std::int32_t twiceProduct[SumRequantizer::kTogether]; // 2 M x with its sign
    std::int32_t meanShift[SumRequantizer::kTogether];    // -(E + 2)
    std::int32_t n[SumRequantizer::kTogether];
};

HWY_INLINE void setNarrow(const NormPlan& t, const NormRow& row, const std::int32_t* x,
                          std::int64_t c, NormNarrow& to)
{
    const CodeInts d;
    const auto sign = hn::LoadU(d, t.signs + c);
    const auto withSign = [&](CodeVector v) HWY_ATTR { return hn::Sub(hn::Xor(v, sign), sign); };
    const auto a = scaledWeights(row.inverse, t.weights + c);
    const auto below = hn::Sub(hn::LoadU(d, t.exponents + c), hn::Set(d, row.exponent)); // -E
    // a has 24 to 26 bits, where it is not 0.
    const auto width = hn::Min(hn::ShiftRight<24>(a), hn::Set(d, 2));
    const auto free = hn::Sub(hn::Add(hn::Set(d, t.bits - 24), below), width);
    const auto n = hn::Min(hn::Max(free, hn::Zero(d)), hn::Set(d, 31));
    const auto cut = hn::Min(hn::Sub(below, n), hn::Set(d, 31));
    const auto multiplier = hn::Min(hn::Shr(a, cut), hn::Set(d, (1 << t.bits) - 1));
    const auto product = hn::Mul(withSign(multiplier), hn::Load(d, x + c));
    hn::Store(withSign(a), d, to.slope);
    hn::Store(hn::Add(product, product), d, to.twiceProduct);
    hn::Store(hn::Min(hn::Sub(below, hn::Set(d, 2)), hn::Set(d, 62)), d, to.meanShift);
    hn::Store(n, d, to.n);
}

// Of the lower 32 bits of each lane, with their signs.
HWY_INLINE NormVector narrowProducts(NormVector a, NormVector b)
{
#if HWY_TARGET == HWY_SCALAR
    return NormVector(a.raw * b.raw);
#else
    const hn::Repartition<std::int32_t, NormInts> d;
    return hn::MulEven(hn::BitCast(d, a), hn::BitCast(d, b));
#endif
}

// Half-way up is ((2 x >> by) + 1) >> 1, for `by` 0 .. 62. Numbers stay doubled until the end:
// twice x >> by, half-way up, of 2 x.
HWY_INLINE NormVector twiceShifted(NormVector twice, NormVector by)
{
    const auto one = hn::Set(NormInts(), 1);
    return hn::AndNot(one, hn::Add(hn::Shr(twice, by), one));
}

HWY_INLINE NormVector widened(const std::int32_t* values)
{
    return hn::PromoteTo(NormInts(), hn::Load(hn::Rebind<std::int32_t, NormInts>(), values));
}

// Shifts to the right and to the left that together are one by 16 - n to the right.
struct NormShifts {
    NormVector right, left;

    HWY_INLINE explicit NormShifts(NormVector n)
    {
        const NormInts d;
#if HWY_TARGET == HWY_SCALAR
        right = hn::Max(hn::Sub(hn::Set(d, 16), n), hn::Zero(d));
        left = hn::Max(hn::Sub(n, hn::Set(d, 16)), hn::Zero(d));
#else
        const hn::Repartition<std::uint16_t, NormInts> words;
        const auto whole = hn::BitCast(words, hn::Set(d, 16)), part = hn::BitCast(words, n);
        right = hn::BitCast(d, hn::SaturatedSub(whole, part));
        left = hn::BitCast(d, hn::SaturatedSub(part, whole));
#endif
    }
};

// Codes of kNormLanes channels, i behind those of `narrow`, not yet within the range.
HWY_INLINE NormVector normedCodes(const NormPlan& t, const NormRow& row, const NormNarrow& narrow,
                                  std::int64_t c, std::int64_t i)
{
    const NormInts d;
    const auto twiceRemoved = narrowProducts(hn::Set(d, 2 * row.mean), widened(narrow.slope + i));
    const auto twiceOffset = hn::Sub(hn::LoadU(d, t.twiceBias + c + i),
                                     twiceShifted(twiceRemoved, widened(narrow.meanShift + i)));
    const auto n = widened(narrow.n + i);
    const NormShifts shifts(n);
    const auto twiceAdded = hn::Shl(twiceShifted(twiceOffset, shifts.right), shifts.left);
    const auto twiceSum = hn::Add(widened(narrow.twiceProduct + i), twiceAdded);
    return hn::ShiftRight<1>(hn::Add(hn::Shr(twiceSum, n), hn::Set(d, 1)));
}

HWY_INLINE void storeCodes(NormVector codes, const NormPlan& t, std::int64_t count, std::int8_t* to)
{
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    const __m128i low = _mm_set1_epi8(static_cast<char>(t.low)),
                  high = _mm_set1_epi8(static_cast<char>(t.high));
    const __m128i kept = _mm_min_epi8(_mm_max_epi8(_mm512_cvtsepi64_epi8(codes.raw), low), high);
    _mm_mask_storeu_epi8(to, static_cast<__mmask16>((1u << count) - 1), kept);
#else
    std::int64_t each[hn::MaxLanes(NormInts())];
    hn::StoreU(codes, NormInts(), each);
    for (std::int64_t i = 0; i < count; ++i)
        to[i] = static_cast<std::int8_t>(std::clamp<std::int64_t>(each[i], t.low, t.high));
#endif
}

void normRowsOf(const CodeNorm::Tables& tables, const std::int8_t* codes, std::int64_t rows,
                std::int8_t* y)
{
    const NormPlan t(tables);
    HWY_ALIGN std::int32_t x[kMostNormChannels];
    HWY_ALIGN NormNarrow narrow;
    for (std::int64_t r = 0; r < rows; ++r, codes += t.channels, y += t.channels) {
        const NormRow row = normRowOf(t, widenRow(t, codes, x));
        for (std::int64_t c = 0; c < t.channels; c += kCodeLanes) {
            setNarrow(t, row, x, c, narrow);
            for (std::int64_t i = 0; i < kCodeLanes && c + i < t.channels; i += kNormLanes)
                storeCodes(normedCodes(t, row, narrow, c, i), t,
                           std::min(kNormLanes, t.channels - c - i), y + c + i);
        }
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

constexpr std::int64_t kNormedTogether = 8'192; // values of one thread's share

bool isNormWeight(std::int32_t w)
{
    return w == 0 || (std::abs(w) >= 1 << 23 && std::abs(w) < 1 << 24);
}

bool isByte(std::int32_t code)
{
    return code >= -128 && code <= 127;
}

Result<void> checkNormChannel(const NormChannels& channels, std::size_t c)
{
    const std::int64_t bias = channels.bias[c];
    if (channels.shifts[c] > 3)
        return argumentError("the shift of channel {} is {}; at most 3", c, channels.shifts[c]);
    if (!isNormWeight(channels.weights[c]) || channels.exponents[c] < 9 ||
        channels.exponents[c] > 64)
        return argumentError("the weight of channel {} is {} / 2^{}; 2^23 to 2^24 - 1 and 2^9 to "
                             "2^64",
                             c, channels.weights[c], channels.exponents[c]);
    if (std::abs(bias) >= std::int64_t{1} << 32)
        return argumentError("the bias of channel {} is {}; at most 32 bits", c, bias);
    return {};
}

} // namespace

Result<CodeNorm> CodeNorm::make(NormChannels channels, const NormCodes& codes)
{
    const std::size_t count = channels.weights.size();
    if (count < 1 || count > 4096 || channels.shifts.size() != count ||
        channels.exponents.size() != count || channels.bias.size() != count)
        return argumentError("an integer LayerNorm has 1 to 4096 channels with all of their "
                             "values, not {}",
                             count);
    for (std::size_t c = 0; c < count; ++c)
        VITRINE_CHECK(checkNormChannel(channels, c));
    if (codes.multiplierBits < 8 || codes.multiplierBits > 16)
        return argumentError("an integer LayerNorm's multiplier has 8 to 16 bits, not {}",
                             codes.multiplierBits);
    if (!isByte(codes.inputZero) || !isByte(codes.outputZero) || !isByte(codes.range.low) ||
        !isByte(codes.range.high))
        return argumentError("codes of an integer LayerNorm have 8 bits");
    Tables tables;
    tables.codes = codes, tables.channels = static_cast<std::int64_t>(count);
    tables.lift = 12 - static_cast<std::int64_t>(std::bit_width(count - 1));
    tables.shifts.assign(channels.shifts.begin(), channels.shifts.end());
    tables.exponents = std::move(channels.exponents);
    for (std::size_t c = 0; c < count; ++c) {
        const std::int32_t weight = channels.weights[c];
        tables.weights.push_back(static_cast<std::uint32_t>(std::abs(weight)) << 8);
        tables.twiceBias.push_back(2 * (channels.bias[c] + std::int64_t{codes.outputZero} * 65536));
        tables.signs.push_back(weight < 0 ? -1 : 0);
        if (weight == 0)
            tables.exponents[c] = 1000; // n is 31, whatever the row
    }
    const std::size_t padded = (count + 15) / 16 * 16;
    tables.weights.resize(padded), tables.signs.resize(padded), tables.exponents.resize(padded);
    tables.shifts.resize(padded), tables.twiceBias.resize(padded);
    return CodeNorm(std::move(tables));
}

void CodeNorm::run(const std::int8_t* x, std::int64_t rows, std::int8_t* y) const
{
    const std::int64_t channels = tables_.channels,
                       height = std::max<std::int64_t>(1, kNormedTogether / channels);
    parallelFor(static_cast<std::size_t>((rows + height - 1) / height), [&](std::size_t item) {
        const std::int64_t first = static_cast<std::int64_t>(item) * height;
        HWY_DYNAMIC_DISPATCH(normRowsOf)
        (tables_, x + first * channels, std::min(height, rows - first), y + first * channels);
    });
}

} // namespace vitrine::kernels
#endif
