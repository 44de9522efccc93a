#include "core/tensor/kernels/int8_tiles.h"

#include "core/tensor/kernels/aligned_bytes.h"

#include <algorithm>
#include <cstring>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/int8_tiles.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// Four rows of 16 codes -> a tile.
void interleaveOf(const std::int8_t* const* rows, std::int8_t* tile)
{
#if HWY_TARGET == HWY_SCALAR
    for (std::int64_t o = 0; o < Int8Tiles::kOutputs; ++o)
        for (std::int64_t i = 0; i < Int8Tiles::kInputs; ++i)
            tile[o * Int8Tiles::kInputs + i] = rows[i][o];
#else
    const hn::FixedTag<std::int8_t, 16> d;
    const hn::Repartition<std::int16_t, decltype(d)> d16;
    const auto row0 = hn::LoadU(d, rows[0]), row1 = hn::LoadU(d, rows[1]),
               row2 = hn::LoadU(d, rows[2]), row3 = hn::LoadU(d, rows[3]);
    const auto store = [&](auto first, auto second, std::int8_t* to) HWY_ATTR {
        hn::StoreU(hn::BitCast(d, hn::InterleaveLower(d16, first, second)), d, to);
        hn::StoreU(hn::BitCast(d, hn::InterleaveUpper(d16, first, second)), d, to + 16);
    };
    store(hn::BitCast(d16, hn::InterleaveLower(d, row0, row1)),
          hn::BitCast(d16, hn::InterleaveLower(d, row2, row3)), tile);
    store(hn::BitCast(d16, hn::InterleaveUpper(d, row0, row1)),
          hn::BitCast(d16, hn::InterleaveUpper(d, row2, row3)), tile + 32);
#endif
}

// Sums of the codes of each of 16 outputs.
void sumTilesOf(const std::int8_t* codes, std::int64_t tiles, std::int32_t* sums)
{
#if HWY_TARGET == HWY_AVX3_DL
    const __m512i ones = _mm512_set1_epi8(1);
    __m512i sum = _mm512_setzero_si512();
    for (std::int64_t t = 0; t < tiles; ++t)
        sum = _mm512_dpbusd_epi32(sum, ones, _mm512_load_si512(codes + t * Int8Tiles::kBytes));
    _mm512_storeu_si512(sums, sum);
#else
    std::fill_n(sums, Int8Tiles::kOutputs, 0);
    for (std::int64_t i = 0; i < tiles * Int8Tiles::kBytes; ++i)
        sums[i % Int8Tiles::kBytes / Int8Tiles::kInputs] += codes[i];
#endif
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(interleaveOf);
HWY_EXPORT(sumTilesOf);

void Int8Tiles::resize(std::int64_t outputs, std::int64_t inputs)
{
    outputs_ = outputs, inputs_ = inputs;
    const auto count = static_cast<std::size_t>(blocks() * tiles() * kBytes),
               sumBytes = static_cast<std::size_t>(blocks() * kOutputs) * sizeof(std::int32_t);
    if (capacity_ < count + sumBytes) {
        capacity_ = count + sumBytes;
        bytes_ = alignedBytes(capacity_);
    }
    codes_ = reinterpret_cast<std::int8_t*>(bytes_.get());
    sums_ = reinterpret_cast<std::int32_t*>(bytes_.get() + count);
}

void Int8Tiles::packRows(const std::int8_t* codes, std::int64_t outputs, std::int64_t inputs,
                         std::int64_t stride)
{
    resize(outputs, inputs);
    const std::int64_t whole = inputs / kInputs;
    for (std::int64_t o = 0; o < blocks() * kOutputs; ++o) {
        const std::int8_t* row = codes + o * stride;
        std::int8_t* to = codes_ + o / kOutputs * tiles() * kBytes + o % kOutputs * kInputs;
        for (std::int64_t t = 0; t < whole && o < outputs; ++t)
            std::memcpy(to + t * kBytes, row + t * kInputs, kInputs);
        for (std::int64_t t = o < outputs ? whole : 0; t < tiles(); ++t)
            for (std::int64_t i = 0; i < kInputs; ++i)
                to[t * kBytes + i] =
                    o < outputs && t * kInputs + i < inputs ? row[t * kInputs + i] : std::int8_t{0};
    }
    const auto sum = HWY_DYNAMIC_DISPATCH(sumTilesOf);
    for (std::int64_t b = 0; b < blocks(); ++b)
        sum(block(b), tiles(), sums_ + b * kOutputs);
}

void Int8Tiles::packColumns(const std::int8_t* codes, std::int64_t outputs, std::int64_t inputs,
                            std::int64_t stride)
{
    resize(outputs, inputs);
    const auto interleave = HWY_DYNAMIC_DISPATCH(interleaveOf);
    for (std::int64_t b = 0; b < blocks(); ++b)
        for (std::int64_t t = 0; t < tiles(); ++t) {
            std::int8_t spare[kInputs][kOutputs] = {};
            const std::int8_t* rows[kInputs];
            const std::int64_t first = b * kOutputs, count = std::min(kOutputs, outputs - first);
            for (std::int64_t i = 0; i < kInputs; ++i) {
                const std::int8_t* row = codes + (t * kInputs + i) * stride + first;
                const bool isThere = t * kInputs + i < inputs;
                if (isThere && count < kOutputs)
                    std::copy_n(row, count, spare[i]);
                rows[i] = isThere && count == kOutputs ? row : spare[i];
            }
            interleave(rows, codes_ + (b * tiles() + t) * kBytes);
        }
}

} // namespace vitrine::kernels
#endif
