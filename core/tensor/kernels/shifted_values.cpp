#include "core/tensor/kernels/shifted_values.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/int8_band.h"

#include <algorithm>
#include <vector>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/shifted_values.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/int8_codes-inl.h"
#include "core/tensor/kernels/int8_sums-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
#if HWY_TARGET == HWY_AVX3_DL
HWY_PUSH_ATTRIBUTES(HWY_TARGET_STR ",avx512vnni")
#endif
namespace vitrine::kernels::HWY_NAMESPACE
{

// 2^(15 - code) of 16 bits is a high byte, of codes 0 to 7, and a low one, of codes 8 to 15: each
// at most 128, so both multiply as bytes.
HWY_ALIGN constexpr std::uint8_t kHighBytes[16] = {128, 64, 32, 16, 8, 4, 2, 1};
HWY_ALIGN constexpr std::uint8_t kLowBytes[16] = {0,   0,  0,  0,  0, 0, 0, 0,
                                                  128, 64, 32, 16, 8, 4, 2, 1};

// Weights of a row of codes as inputs of the sums, up to a whole number of tiles.
HWY_INLINE void layWeights(const std::uint8_t* codes, std::int64_t count, Int8Input* high,
                           Int8Input* low)
{
    std::int64_t i = 0;
#if HWY_TARGET == HWY_AVX3_DL
    i = coverBytes(hn::ScalableTag<std::uint8_t>(), count, [&](auto d, std::int64_t at) HWY_ATTR {
        const auto code = hn::LoadU(d, codes + at);
        const auto isWeight = hn::Lt(code, hn::Set(d, ShiftedValues::kNoWeight));
        const auto bytes = [&](const std::uint8_t* table) HWY_ATTR {
            return hn::IfThenElseZero(isWeight,
                                      hn::TableLookupBytes(hn::LoadDup128(d, table), code));
        };
        hn::StoreU(bytes(kHighBytes), d, high + at);
        hn::StoreU(bytes(kLowBytes), d, low + at);
    });
#endif
    for (; i < paddedInputs(count); ++i) {
        const bool isWeight = i < count && codes[i] < ShiftedValues::kNoWeight;
        high[inputPlace(i)] = isWeight ? kHighBytes[codes[i]] : std::uint8_t{0};
        low[inputPlace(i)] = isWeight ? kLowBytes[codes[i]] : std::uint8_t{0};
    }
}

// Sums of the high bytes and, kSumStride behind them, those of the low ones -> sums.
HWY_INLINE void joinSums(std::int32_t* sums)
{
    const Int32s d;
    for (std::int64_t i = 0; i < kSumStride; i += kInt32Lanes)
        hn::StoreU(
            hn::Add(hn::ShiftLeft<8>(hn::LoadU(d, sums + i)), hn::LoadU(d, sums + kSumStride + i)),
            d, sums + i);
}

void finishWideRow(const std::int32_t* sums, std::int64_t count, SumFactor factor, CodeRange range,
                   std::int8_t* y)
{
    for (std::int64_t o = 0; o < count; ++o) {
        const std::int64_t sum = std::int64_t{sums[o]} * 256 + sums[kSumStride + o];
        y[o] = static_cast<std::int8_t>(requantizedSum(sum, factor, range));
    }
}

// Queries of one head. `by` is null where sums may have more than 32 bits.
void mixValuesOf(const Int8Tiles& tiles, const std::uint8_t* codes, std::int64_t stride,
                 std::int64_t queries, const SumRequantizer* by, SumFactor factor, CodeRange range,
                 std::int8_t* y, std::int64_t yStride)
{
    thread_local std::vector<Int8Input> weights;
    const std::int64_t length = tiles.tiles() * Int8Tiles::kInputs;
    weights.resize(std::max(weights.size(), static_cast<std::size_t>(2 * queries * length)));
    for (std::int64_t r = 0; r < queries; ++r) {
        Int8Input* high = weights.data() + 2 * r * length;
        layWeights(codes + r * stride, tiles.inputs(), high, high + length);
    }
    HWY_ALIGN std::int32_t sums[kMostRows * kSumStride];
    for (std::int64_t block = 0; block < tiles.blocks(); block += kMostBlocks) {
        const std::int64_t output = block * Int8Tiles::kOutputs;
        const auto blocks =
            static_cast<int>(std::min<std::int64_t>(kMostBlocks, tiles.blocks() - block));
        const std::int64_t count = std::min(blocks * Int8Tiles::kOutputs, tiles.outputs() - output);
        for (std::int64_t row = 0; row < queries; row += kMostRows / 2) {
            const auto rows =
                static_cast<int>(std::min<std::int64_t>(kMostRows / 2, queries - row));
            tileSums(2 * rows, blocks, tiles, block, nullptr, nullptr,
                     weights.data() + 2 * row * length, length, sums);
            for (int r = 0; r < rows; ++r) {
                std::int32_t* sum = sums + 2 * r * kSumStride;
                std::int8_t* to = y + (row + r) * yStride + output;
                if (by) {
                    joinSums(sum);
                    requantizeSums(sum, output, count, *by, to);
                } else {
                    finishWideRow(sum, count, factor, range, to);
                }
            }
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

HWY_EXPORT(mixValuesOf);

constexpr std::int64_t kMixRows = 48;         // of one thread's share
constexpr std::int64_t kMostKeys = 65'535;    // sums of each byte have 31 bits
constexpr std::int64_t kMostNarrowKeys = 511; // joined sums have

} // namespace

Result<ShiftedValues> ShiftedValues::make(const Int8HeadsShape& shape, SumFactor factor,
                                          CodeRange range)
{
    const bool isNarrow = shape.keys <= kMostNarrowKeys;
    if (shape.keys > kMostKeys || (!isNarrow && factor.multiplier != 1))
        return argumentError("values of {} keys: at most {} with a multiplier, {} with a shift "
                             "fit the sums",
                             shape.keys, kMostNarrowKeys, kMostKeys);
    if (range.low < -128 || range.high > 127)
        return argumentError("codes from {} to {} do not fit 8 bits", range.low, range.high);
    ShiftedValues made;
    made.shape_ = shape, made.factor_ = factor, made.range_ = range;
    const std::int64_t most = (isNarrow ? shape.keys : 1) << (7 + kFractionBits);
    VITRINE_TRY(auto requantizer, SumRequantizer::make({&factor, 1}, shape.headSize, most, range));
    if (isNarrow)
        made.requantizer_ = std::move(requantizer);
    return made;
}

void ShiftedValues::run(const std::uint8_t* codes, std::int64_t stride, Int8Heads v, std::int8_t* y,
                        std::int64_t yStride) const
{
    thread_local std::vector<Int8Tiles> valueTiles;
    valueTiles.resize(std::max(valueTiles.size(), static_cast<std::size_t>(shape_.heads)));
    Int8Tiles* tiles = valueTiles.data(); // of the calling thread
    parallelFor(static_cast<std::size_t>(shape_.heads), [&](std::size_t head) {
        tiles[head].packColumns(v.codes + static_cast<std::int64_t>(head) * shape_.headSize,
                                shape_.headSize, shape_.keys, v.stride);
    });
    const SumRequantizer* by = requantizer_ ? &*requantizer_ : nullptr;
    const std::int64_t shares = (shape_.queries + kMixRows - 1) / kMixRows;
    parallelFor(static_cast<std::size_t>(shape_.heads * shares), [&](std::size_t item) {
        const std::int64_t head = static_cast<std::int64_t>(item) / shares,
                           row = static_cast<std::int64_t>(item) % shares * kMixRows;
        HWY_DYNAMIC_DISPATCH(mixValuesOf)
        (tiles[head], codes + (head * shape_.queries + row) * stride, stride,
         std::min(kMixRows, shape_.queries - row), by, factor_, range_,
         y + row * yStride + head * shape_.headSize, yStride);
    });
}

} // namespace vitrine::kernels
#endif
