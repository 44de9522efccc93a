// Included once per target by sources that use Highway's dynamic dispatch; no #pragma once.
#if defined(VITRINE_KERNELS_INT8_SUMS_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef VITRINE_KERNELS_INT8_SUMS_INL_H
#undef VITRINE_KERNELS_INT8_SUMS_INL_H
#else
#define VITRINE_KERNELS_INT8_SUMS_INL_H
#endif

#include "core/tensor/kernels/int8_tiles.h"

#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <utility>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni") // as those who include this
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

using Int32s = hn::CappedTag<std::int32_t, 16>;
using Int32Vector = hn::Vec<Int32s>;
inline constexpr auto kInt32Lanes = static_cast<int>(hn::MaxLanes(Int32s()));

// How rows of inputs are laid out for the sums, four inputs of a tile side by side, and how many
// rows and blocks of 16 outputs have their sums in registers at once.
#if HWY_TARGET == HWY_AVX3_DL
// Bytes without a sign: codes have 128 added, which `bias - 128 * sum of weights` takes away.
using Int8Input = std::uint8_t;
inline constexpr std::int32_t kInputOffset = 128;
inline constexpr int kMostRows = 6, kMostBlocks = 4;
#else
// 16 bits: inputs 0, 2, 1, 3 of each four, since even and odd codes of a tile are widened apart.
using Int8Input = std::int16_t;
inline constexpr std::int32_t kInputOffset = 0;
inline constexpr int kMostRows = kInt32Lanes >= 8 ? 4 : 2, kMostBlocks = 1;
#endif
inline constexpr int kBlockVectors = static_cast<int>(Int8Tiles::kOutputs) / kInt32Lanes;

// Pairs of 16 bits in each lane: the sum of their two products, exact.
HWY_INLINE Int32Vector pairProducts(Int32Vector a, Int32Vector b)
{
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL
    return Int32Vector{_mm512_madd_epi16(a.raw, b.raw)};
#elif HWY_TARGET == HWY_AVX2
    return Int32Vector{_mm256_madd_epi16(a.raw, b.raw)};
#elif HWY_TARGET == HWY_SSE4 || HWY_TARGET == HWY_SSSE3
    return Int32Vector{_mm_madd_epi16(a.raw, b.raw)};
#else
    const auto low = [](Int32Vector v)
                         HWY_ATTR { return hn::ShiftRight<16>(hn::ShiftLeft<16>(v)); };
    return hn::Add(hn::Mul(low(a), low(b)), hn::Mul(hn::ShiftRight<16>(a), hn::ShiftRight<16>(b)));
#endif
}

// Four inputs in every lane.
#if HWY_TARGET == HWY_AVX3_DL
struct FourInputs {
    Int32Vector bytes;

    HWY_INLINE explicit FourInputs(const Int8Input* x)
    {
        std::int32_t four = 0;
        std::memcpy(&four, x, sizeof four);
        bytes = hn::Set(Int32s(), four);
    }
};
#else
struct FourInputs {
    Int32Vector even, odd;

    HWY_INLINE explicit FourInputs(const Int8Input* x)
    {
        std::int32_t two[2];
        std::memcpy(two, x, sizeof two);
        even = hn::Set(Int32s(), two[0]), odd = hn::Set(Int32s(), two[1]);
    }
};
#endif

// Four weights of each lane's output.
#if HWY_TARGET == HWY_AVX3_DL
struct FourWeights {
    Int32Vector bytes;

    HWY_INLINE FourWeights() {}
    HWY_INLINE explicit FourWeights(const std::int8_t* tile)
        : bytes(hn::BitCast(Int32s(), hn::Load(hn::Repartition<std::int8_t, Int32s>(), tile)))
    {
    }
    HWY_INLINE Int32Vector times(FourInputs x, Int32Vector sum) const
    {
        return Int32Vector{_mm512_dpbusd_epi32(sum.raw, x.bytes.raw, bytes.raw)};
    }
};
#else
struct FourWeights {
    Int32Vector even, odd;

    HWY_INLINE FourWeights() {}
    HWY_INLINE explicit FourWeights(const std::int8_t* tile)
    {
        Int32Vector bytes;
#if HWY_TARGET == HWY_SCALAR
        std::memcpy(&bytes, tile, sizeof bytes);
        const auto byte = [&](int i) {
            return static_cast<std::uint32_t>(static_cast<std::uint16_t>(tile[i]));
        };
        even.raw = static_cast<std::int32_t>(byte(0) | byte(2) << 16);
        odd.raw = static_cast<std::int32_t>(byte(1) | byte(3) << 16);
#else
        const hn::Repartition<std::int16_t, Int32s> shorts;
        const auto pairs =
            hn::BitCast(shorts, hn::LoadU(hn::Repartition<std::int8_t, Int32s>(), tile));
        even = hn::BitCast(Int32s(), hn::ShiftRight<8>(hn::ShiftLeft<8>(pairs)));
        odd = hn::BitCast(Int32s(), hn::ShiftRight<8>(pairs));
#endif
    }
    HWY_INLINE Int32Vector times(FourInputs x, Int32Vector sum) const
    {
        return hn::Add(sum, hn::Add(pairProducts(even, x.even), pairProducts(odd, x.odd)));
    }
};
#endif

HWY_INLINE std::int64_t paddedInputs(std::int64_t count)
{
    return (count + Int8Tiles::kInputs - 1) / Int8Tiles::kInputs * Int8Tiles::kInputs;
}

// The place of input i.
HWY_INLINE std::int64_t inputPlace(std::int64_t i)
{
#if HWY_TARGET == HWY_AVX3_DL
    return i;
#else
    return (i & ~std::int64_t{3}) + ((i & 2) >> 1 | (i & 1) << 1);
#endif
}

#if HWY_TARGET == HWY_AVX3_DL
// work(d, i) for vectors of bytes from i on that cover 0 .. count: the last may begin before the
// one before it ends. Returns what is left to do one by one, where count is below 16.
template <class D, class Work>
HWY_INLINE std::int64_t coverBytes(D d, std::int64_t count, const Work& work)
{
    constexpr auto lanes = static_cast<std::int64_t>(hn::MaxLanes(D()));
    if (count >= lanes) {
        std::int64_t i = 0;
        for (; i + lanes <= count; i += lanes)
            work(d, i);
        if (i < count)
            work(d, count - lanes);
        return count;
    }
    if constexpr (lanes > 16)
        return coverBytes(hn::Half<D>(), count, work);
    return 0;
}
#endif

// Codes of a row as inputs, up to a whole number of tiles.
HWY_INLINE void layInputs(const std::int8_t* x, std::int64_t count, Int8Input* to)
{
    std::int64_t i = 0;
#if HWY_TARGET == HWY_AVX3_DL
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(x);
    i = coverBytes(hn::ScalableTag<std::uint8_t>(), count, [&](auto d, std::int64_t at) HWY_ATTR {
        hn::StoreU(hn::Xor(hn::LoadU(d, bytes + at), hn::Set(d, std::uint8_t{0x80})), d, to + at);
    });
#endif
    for (; i < count; ++i)
        to[inputPlace(i)] = static_cast<Int8Input>(x[i] + kInputOffset);
    for (; i < paddedInputs(count); ++i)
        to[inputPlace(i)] = 0;
}

// Sums of kRows rows and kBlocks blocks from the tiles at `weights` on.
template <int kRows, int kBlocks>
struct TileSums {
    static constexpr int kVectors = kBlocks * kBlockVectors;

    template <std::size_t... v>
    static HWY_INLINE void addRow(const FourWeights (&weights)[kVectors], FourInputs x,
                                  Int32Vector (&sums)[kVectors], std::index_sequence<v...>)
    {
        ((sums[v] = weights[v].times(x, sums[v])), ...);
    }
    template <std::size_t... v>
    static HWY_INLINE void load(const std::int8_t* tile, std::int64_t blockBytes,
                                FourWeights (&weights)[kVectors], std::index_sequence<v...>)
    {
        ((weights[v] = FourWeights(tile + v / kBlockVectors * blockBytes +
                                   v % kBlockVectors * kInt32Lanes * Int8Tiles::kInputs)),
         ...);
    }
    template <std::size_t... r>
    static HWY_INLINE void addTile(const std::int8_t* tile, std::int64_t blockBytes,
                                   const Int8Input* x, std::int64_t stride,
                                   Int32Vector (&sums)[kRows][kVectors], std::index_sequence<r...>)
    {
        constexpr auto each = std::make_index_sequence<kVectors>();
        FourWeights weights[kVectors];
        load(tile, blockBytes, weights, each);
        (addRow(weights, FourInputs(x + r * stride), sums[r], each), ...);
    }
    template <std::size_t... v>
    static HWY_INLINE void begin(const std::int32_t* bias, const std::int32_t* weightSums,
                                 Int32Vector (&sums)[kVectors], std::index_sequence<v...>)
    {
        const Int32s d;
        const auto offset = [&](std::size_t i) HWY_ATTR {
            const auto from = bias ? hn::LoadU(d, bias + i) : hn::Zero(d);
            return weightSums && kInputOffset != 0
                       ? hn::Sub(from,
                                 hn::Mul(hn::LoadU(d, weightSums + i), hn::Set(d, kInputOffset)))
                       : from;
        };
        ((sums[v] = offset(v * kInt32Lanes)), ...);
    }
    template <std::size_t... v>
    static HWY_INLINE void store(const Int32Vector (&sums)[kVectors], std::int32_t* to,
                                 std::index_sequence<v...>)
    {
        (hn::StoreU(sums[v], Int32s(), to + v * kInt32Lanes), ...);
    }
    template <std::size_t... r>
    static HWY_INLINE void copyFirst(Int32Vector (&sums)[kRows][kVectors],
                                     std::index_sequence<r...>)
    {
        constexpr auto each = std::make_index_sequence<kVectors>();
        (copyRow(sums[0], sums[r], each), ...);
    }
    template <std::size_t... v>
    static HWY_INLINE void copyRow(const Int32Vector (&from)[kVectors], Int32Vector (&to)[kVectors],
                                   std::index_sequence<v...>)
    {
        ((to[v] = from[v]), ...);
    }
    template <std::size_t... r>
    static HWY_INLINE void storeAll(const Int32Vector (&sums)[kRows][kVectors], std::int32_t* to,
                                    std::index_sequence<r...>)
    {
        constexpr auto each = std::make_index_sequence<kVectors>();
        (store(sums[r], to + r * kSumStride, each), ...);
    }

    static constexpr std::int64_t kSumStride = kMostBlocks * Int8Tiles::kOutputs;

    // sums: [kRows, kSumStride]. `bias` of the first output, or nullptr; `weightSums`, where inputs
    // are codes.
    static void run(const Int8Tiles& tiles, std::int64_t block, const std::int32_t* bias,
                    const std::int32_t* weightSums, const Int8Input* x, std::int64_t stride,
                    std::int32_t* sums)
    {
        constexpr auto rows = std::make_index_sequence<kRows>();
        constexpr auto each = std::make_index_sequence<kVectors>();
        Int32Vector all[kRows][kVectors];
        begin(bias, weightSums, all[0], each);
        copyFirst(all, rows);
        const std::int8_t* tile = tiles.block(block);
        const std::int64_t count = tiles.tiles(), blockBytes = count * Int8Tiles::kBytes;
        for (std::int64_t t = 0; t < count; ++t) {
            addTile(tile, blockBytes, x, stride, all, rows);
            tile += Int8Tiles::kBytes, x += Int8Tiles::kInputs;
        }
        storeAll(all, sums, rows);
    }
};

inline constexpr std::int64_t kSumStride = TileSums<1, 1>::kSumStride;

// The same for 1 .. kMostRows rows and 1 .. kMostBlocks blocks.
template <int kRows = kMostRows, int kBlocks = kMostBlocks>
HWY_INLINE void tileSums(int rows, int blocks, const Int8Tiles& tiles, std::int64_t block,
                         const std::int32_t* bias, const std::int32_t* weightSums,
                         const Int8Input* x, std::int64_t stride, std::int32_t* sums)
{
    if constexpr (kRows > 1)
        if (rows < kRows)
            return tileSums<kRows - 1, kBlocks>(rows, blocks, tiles, block, bias, weightSums, x,
                                                stride, sums);
    if constexpr (kBlocks > 1)
        if (blocks < kBlocks)
            return tileSums<kRows, kBlocks - 1>(rows, blocks, tiles, block, bias, weightSums, x,
                                                stride, sums);
    TileSums<kRows, kBlocks>::run(tiles, block, bias, weightSums, x, stride, sums);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#endif
