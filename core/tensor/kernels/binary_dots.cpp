#include "core/tensor/kernels/binary_dots.h"

#include <algorithm>
#include <cstring>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/binary_dots.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/binary_scales-inl.h"

#include <hwy/cache_control.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using RowReals = hn::CappedTag<float, 16>; // a row in each place
using RowInts = hn::RebindToSigned<RowReals>;
using RowSum = hn::Vec<RowInts>;
inline constexpr auto kRowLanes = static_cast<std::int64_t>(hn::MaxLanes(RowInts()));
inline constexpr std::int64_t kDotsAhead = 4096; // bytes between what is used and what is fetched
// Vectors of rows that share what is read of the inputs.
inline constexpr int kDotVectors = HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86 ? 2 : 1;

// sum += codes times inputs, of the four bytes in each place: codes are 0 or one power of two up
// to 8, inputs are signed.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE RowSum addQuads(RowSum sum, RowSum codes, std::int32_t inputs)
{
    for (int j = 0; j < 4; ++j)
        sum.raw += (codes.raw >> (8 * j) & 0xff) * static_cast<std::int8_t>(inputs >> (8 * j));
    return sum;
}
#else
HWY_INLINE RowSum addQuads(RowSum sum, RowSum codes, std::int32_t inputs)
{
    const RowInts d;
    const auto x = hn::Set(d, inputs);
#if HWY_TARGET == HWY_AVX3_DL
    return RowSum{_mm512_dpbusd_epi32(sum.raw, codes.raw, x.raw)};
#elif HWY_TARGET == HWY_AVX3
    return hn::Add(sum, RowSum{_mm512_madd_epi16(_mm512_maddubs_epi16(codes.raw, x.raw),
                                                 _mm512_set1_epi16(1))});
#elif HWY_TARGET == HWY_AVX2
    return hn::Add(sum, RowSum{_mm256_madd_epi16(_mm256_maddubs_epi16(codes.raw, x.raw),
                                                 _mm256_set1_epi16(1))});
#elif HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3
    return hn::Add(sum, RowSum{_mm_madd_epi16(_mm_maddubs_epi16(codes.raw, x.raw),
                                              _mm_set1_epi16(1))});
#else
    const hn::Repartition<std::int16_t, RowInts> shorts;
    const auto c = hn::BitCast(shorts, codes), v = hn::BitCast(shorts, x);
    const auto even = hn::Mul(hn::And(c, hn::Set(shorts, 0xff)),
                              hn::ShiftRight<8>(hn::ShiftLeft<8>(v)));
    const auto odd = hn::Mul(hn::ShiftRight<8>(c), hn::ShiftRight<8>(v));
    const auto pairs = hn::BitCast(d, hn::Add(even, odd));
    return hn::Add(sum, hn::Add(hn::ShiftRight<16>(pairs),
                                hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs))));
#endif
}
#endif

// Sums for bits 0 to 3 of the bytes, which are worth 1, 2, 4 and 8, and bits 4 to 7 moved there.
struct BitSums {
    RowSum bit0, bit1, bit2, bit3;

    HWY_INLINE BitSums() : bit0(hn::Zero(RowInts())), bit1(bit0), bit2(bit0), bit3(bit0) {}

    HWY_INLINE RowSum sum() const
    {
        const auto upper = hn::Add(bit2, hn::ShiftRight<1>(bit3));
        return hn::Add(bit0, hn::ShiftRight<1>(hn::Add(bit1, hn::ShiftRight<1>(upper))));
    }
};

HWY_INLINE std::int32_t fourInputs(const std::int8_t* bytes)
{
    std::int32_t four = 0;
    std::memcpy(&four, bytes, sizeof four);
    return four;
}

template <int kBit>
HWY_INLINE RowSum onlyBit(RowSum codes)
{
    return hn::And(codes, hn::Set(RowInts(), 0x01010101 << kBit));
}

// Four bits of each byte times 16 inputs.
HWY_INLINE void addHalf(RowSum codes, const std::int8_t* x, BitSums& sums)
{
    sums.bit0 = addQuads(sums.bit0, onlyBit<0>(codes), fourInputs(x));
    sums.bit1 = addQuads(sums.bit1, onlyBit<1>(codes), fourInputs(x + 4));
    sums.bit2 = addQuads(sums.bit2, onlyBit<2>(codes), fourInputs(x + 8));
    sums.bit3 = addQuads(sums.bit3, onlyBit<3>(codes), fourInputs(x + 12));
}

template <int kDigits>
HWY_INLINE void addTile(const std::uint8_t* codes, const std::int8_t* x, BitSums& low,
                        BitSums& high)
{
    hwy::Prefetch(codes + kDotsAhead);
    RowSum word;
    std::memcpy(&word, codes, sizeof word);
    const auto upper = hn::ShiftRight<4>(word);
    addHalf(word, x, low);
    if constexpr (kDigits == 2)
        addHalf(word, x + 32, high);
    addHalf(upper, x + 16, low);
    if constexpr (kDigits == 2)
        addHalf(upper, x + 48, high);
}

// Of 2 * (sum where codes are +1) - sum, as a float.
template <int kDigits>
HWY_INLINE hn::Vec<RowReals> signedSum(const BitSums& low, const BitSums& high, std::int32_t all)
{
    auto sum = low.sum();
    if constexpr (kDigits == 2)
        sum = hn::Add(sum, hn::ShiftLeft<8>(high.sum()));
    return hn::ConvertTo(RowReals(),
                         hn::Sub(hn::Add(sum, sum), hn::Set(RowInts(), all)));
}

// All pieces of kVectors vectors of rows from `row` on -> sums.
template <int kDigits, int kVectors>
void dotPieces(const BinaryTiles& tiles, const InputPlan& plan, int plane,
               const QuantizedInputs& inputs, std::int64_t row, float* sums)
{
    const RowReals d;
    constexpr std::int64_t rows = BinaryTiles::kRows, bytes = BinaryTiles::kBytes;
    const std::uint8_t* codes = tiles.codes(plane, row / rows) + row % rows * 4;
    const std::uint8_t* more = codes + tiles.tiles() * bytes; // kVectors == 2: of the next block
    const std::int8_t* x = inputs.bytes;
    auto first = hn::Zero(d), second = first;
    const auto add = [&](auto& to, auto sum, std::size_t i, std::int64_t at) HWY_ATTR {
        auto value = hn::Mul(sum, hn::Set(d, inputs.pieces[i].step));
        if (tiles.hasScalesOfRows())
            value = hn::Mul(value, loadScales(d, tiles.scales(), plane,
                                              tiles.scaleAt(at, plan.pieces()[i].columnGroup)));
        to = hn::Add(to, value);
    };
    for (std::size_t i = 0; i < plan.pieces().size(); ++i) {
        BitSums low0, high0, low1, high1;
        for (std::int64_t t = 0; t < plan.pieces()[i].tiles; ++t) {
            addTile<kDigits>(codes, x, low0, high0);
            if constexpr (kVectors == 2)
                addTile<kDigits>(more, x, low1, high1);
            codes += bytes, more += bytes, x += 32 * kDigits;
        }
        add(first, signedSum<kDigits>(low0, high0, inputs.pieces[i].sum), i, row);
        if constexpr (kVectors == 2)
            add(second, signedSum<kDigits>(low1, high1, inputs.pieces[i].sum), i, row + rows);
    }
    hn::StoreU(first, d, sums);
    if constexpr (kVectors == 2)
        hn::StoreU(second, d, sums + kRowLanes);
}

template <int kDigits>
void addDotsWith(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                 const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    const std::int64_t last = tiles.blocks() * BinaryTiles::kRows;
    float sums[kDotVectors * kRowLanes];
    std::int64_t row = begin / kRowLanes * kRowLanes;
    while (row < end) {
        const bool isPair = kDotVectors == 2 && row + 2 * kRowLanes <= last && row + kRowLanes < end;
        const std::int64_t next = row + (isPair ? 2 : 1) * kRowLanes;
        isPair ? dotPieces<kDigits, kDotVectors>(tiles, plan, plane, inputs, row, sums)
               : dotPieces<kDigits, 1>(tiles, plan, plane, inputs, row, sums);
        for (std::int64_t r = std::max(row, begin); r < std::min(next, end); ++r)
            y[r - begin] += sums[r - row];
        row = next;
    }
}

void addDotsOf(const BinaryTiles& tiles, const InputPlan& plan, int plane,
               const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    plan.product().inputBits == 8 ? addDotsWith<1>(tiles, plan, plane, inputs, begin, end, y)
                                  : addDotsWith<2>(tiles, plan, plane, inputs, begin, end, y);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(addDotsOf);

void addDots(const BinaryTiles& tiles, const InputPlan& plan, int plane,
             const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    HWY_DYNAMIC_DISPATCH(addDotsOf)(tiles, plan, plane, inputs, begin, end, y);
}

} // namespace vitrine::kernels
#endif
