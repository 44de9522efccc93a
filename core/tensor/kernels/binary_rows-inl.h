// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_KERNELS_BINARY_ROWS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_KERNELS_BINARY_ROWS_INL_H
#undef VITRINE_KERNELS_BINARY_ROWS_INL_H
#else
#define VITRINE_KERNELS_BINARY_ROWS_INL_H
#endif

#include "core/tensor/kernels/binary_inputs.h"
#include "core/tensor/kernels/binary_scales-inl.h"

#include <hwy/cache_control.h>
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni") // as those who include this
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using RowReals = hn::CappedTag<float, 16>; // a row in each place
using RowInts = hn::RebindToSigned<RowReals>;
using RowSum = hn::Vec<RowInts>;
inline constexpr auto kRowLanes = static_cast<std::int64_t>(hn::MaxLanes(RowInts()));
inline constexpr std::int64_t kCodesAhead = 4096; // bytes between what is used and what is fetched
// Vectors of rows that share what is read of the inputs.
inline constexpr int kRowVectors = HWY_TARGET <= HWY_AVX3 && HWY_ARCH_X86 ? 2 : 1;

// Four bytes of codes of each row.
HWY_INLINE RowSum loadCodes(const std::uint8_t* codes)
{
    hwy::Prefetch(codes + kCodesAhead);
#if HWY_TARGET == HWY_SCALAR
    RowSum words;
    std::memcpy(&words, codes, sizeof words);
    return words;
#else
    return hn::BitCast(RowInts(), hn::LoadU(hn::Repartition<std::uint8_t, RowInts>(), codes));
#endif
}

// sum += bytes times inputs, of the four in each place: the first have no sign, and products of two
// that follow each other have a sum of 16 bits.
#if HWY_TARGET == HWY_SCALAR
HWY_INLINE RowSum addQuads(RowSum sum, RowSum bytes, std::int32_t inputs)
{
    for (int j = 0; j < 4; ++j)
        sum.raw += (bytes.raw >> (8 * j) & 0xff) * static_cast<std::int8_t>(inputs >> (8 * j));
    return sum;
}
#else
HWY_INLINE RowSum addQuads(RowSum sum, RowSum bytes, std::int32_t inputs)
{
    const RowInts d;
    const auto x = hn::Set(d, inputs);
#if HWY_TARGET == HWY_AVX3_DL
    return RowSum{_mm512_dpbusd_epi32(sum.raw, bytes.raw, x.raw)};
#elif HWY_TARGET == HWY_AVX3
    return hn::Add(sum, RowSum{_mm512_madd_epi16(_mm512_maddubs_epi16(bytes.raw, x.raw),
                                                 _mm512_set1_epi16(1))});
#elif HWY_TARGET == HWY_AVX2
    return hn::Add(sum, RowSum{_mm256_madd_epi16(_mm256_maddubs_epi16(bytes.raw, x.raw),
                                                 _mm256_set1_epi16(1))});
#elif HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3
    return hn::Add(sum,
                   RowSum{_mm_madd_epi16(_mm_maddubs_epi16(bytes.raw, x.raw), _mm_set1_epi16(1))});
#else
    const hn::Repartition<std::int16_t, RowInts> shorts;
    const auto c = hn::BitCast(shorts, bytes), v = hn::BitCast(shorts, x);
    const auto even =
        hn::Mul(hn::And(c, hn::Set(shorts, 0xff)), hn::ShiftRight<8>(hn::ShiftLeft<8>(v)));
    const auto odd = hn::Mul(hn::ShiftRight<8>(c), hn::ShiftRight<8>(v));
    const auto pairs = hn::BitCast(d, hn::Add(even, odd));
    return hn::Add(
        sum, hn::Add(hn::ShiftRight<16>(pairs), hn::ShiftRight<16>(hn::ShiftLeft<16>(pairs))));
#endif
}
#endif

// All pieces of kVectors vectors of rows from `row` on -> sums. Family<kDigits, kVectors> adds
// tiles to integer sums; inputAt is what it reads for each tile.
template <template <int, int> class Family, int kDigits, int kVectors>
void multiplyPieces(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                    const QuantizedInputs& inputs, std::int64_t row, float* sums)
{
    using Sums = Family<kDigits, kVectors>;
    const RowReals d;
    constexpr std::int64_t rows = BinaryTiles::kRows, bytes = BinaryTiles::kBytes;
    const std::uint8_t* codes = tiles.codes(plane, row / rows) + row % rows * 4;
    // kVectors == 2: of the next block
    const std::uint8_t* more = codes + (kVectors - 1) * tiles.planes() * tiles.tiles() * bytes;
    const std::int8_t* x = inputs.bytes;
    auto first = hn::Zero(d), second = first;
    const auto add = [&](auto& to, RowSum sum, std::size_t i, std::int64_t at) HWY_ATTR {
        auto value = hn::Mul(hn::ConvertTo(d, sum), hn::Set(d, inputs.pieces[i].step));
        if (tiles.hasScalesOfRows())
            value = hn::Mul(value, loadScales(d, tiles.scales(), plane,
                                              tiles.scaleAt(at, plan.pieces()[i].columnGroup)));
        to = hn::Add(to, value);
    };
    for (std::size_t i = 0; i < plan.pieces().size(); ++i) {
        Sums piece;
        for (std::int64_t t = 0; t < plan.pieces()[i].tiles; ++t) {
            const auto word0 = loadCodes(codes), word1 = kVectors == 2 ? loadCodes(more) : word0;
            piece.addTile(word0, word1, x);
            codes += bytes, more += bytes, x += Sums::kInputBytes;
        }
        add(first, piece.first(inputs.pieces[i].base), i, row);
        if constexpr (kVectors == 2)
            add(second, piece.second(inputs.pieces[i].base), i, row + rows);
    }
    hn::StoreU(first, d, sums);
    if constexpr (kVectors == 2)
        hn::StoreU(second, d, sums + kRowLanes);
}

template <template <int, int> class Family, int kDigits>
void multiplyRows(const BinaryTiles& tiles, const InputPlan& plan, int plane,
                  const QuantizedInputs& inputs, std::int64_t begin, std::int64_t end, float* y)
{
    const std::int64_t last = tiles.blocks() * BinaryTiles::kRows;
    float sums[kRowVectors * kRowLanes];
    std::int64_t row = begin / kRowLanes * kRowLanes;
    while (row < end) {
        const bool isPair =
            kRowVectors == 2 && row + 2 * kRowLanes <= last && row + kRowLanes < end;
        const std::int64_t next = row + (isPair ? 2 : 1) * kRowLanes;
        isPair ? multiplyPieces<Family, kDigits, kRowVectors>(tiles, plan, plane, inputs, row, sums)
               : multiplyPieces<Family, kDigits, 1>(tiles, plan, plane, inputs, row, sums);
        for (std::int64_t r = std::max(row, begin); r < std::min(next, end); ++r)
            y[r - begin] += sums[r - row];
        row = next;
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#endif
