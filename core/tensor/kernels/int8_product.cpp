#include "core/tensor/kernels/int8_product.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/int8_band.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <type_traits>
#include <vector>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI), tables of bytes (VBMI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/int8_product.cpp"
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

template <class Value>
void finishRow(const Int8Product::Packed& product, const std::int32_t* sums, std::int64_t output,
               std::int64_t count, Value* y)
{
    if constexpr (std::is_same_v<Value, std::int32_t>) {
        std::copy_n(sums, count, y);
    } else {
        requantizeSums(sums, output, count, *product.requantizer, y);
        if constexpr (std::is_same_v<Value, std::int8_t>)
            if (product.table)
                lookUp(product.table->data(), count, y);
    }
}

template <class Value>
void multiplyBand(const Int8Product::Packed& product, const Int8Band<Value>& band)
{
    thread_local std::vector<Int8Input> inputs;
    const Int8Tiles& tiles = product.tiles;
    const std::int64_t stride = tiles.tiles() * Int8Tiles::kInputs;
    inputs.resize(static_cast<std::size_t>(
        std::max(static_cast<std::int64_t>(inputs.size()), band.rows * stride)));
    for (std::int64_t r = 0; r < band.rows; ++r)
        layInputs(band.x + r * band.stride, tiles.inputs(), inputs.data() + r * stride);

    HWY_ALIGN std::int32_t sums[kMostRows * kSumStride];
    const std::int64_t end = band.firstBlock + band.blocks;
    for (std::int64_t block = band.firstBlock; block < end; block += kMostBlocks) {
        const std::int64_t output = block * Int8Tiles::kOutputs;
        const auto blocks = static_cast<int>(std::min<std::int64_t>(kMostBlocks, end - block));
        const std::int64_t count = std::min(blocks * Int8Tiles::kOutputs, tiles.outputs() - output);
        for (std::int64_t row = 0; row < band.rows; row += kMostRows) {
            const auto rows = static_cast<int>(std::min<std::int64_t>(kMostRows, band.rows - row));
            tileSums(rows, blocks, tiles, block, product.bias.data() + output,
                     tiles.sums() + output, inputs.data() + row * stride, stride, sums);
            for (int r = 0; r < rows; ++r)
                finishRow(product, sums + r * kSumStride, output, count,
                          band.y + (row + r) * band.yStride + output);
        }
    }
}

void multiplyBytes(const Int8Product::Packed& product, const Int8Band<std::int8_t>& band)
{
    multiplyBand(product, band);
}
void multiplyShorts(const Int8Product::Packed& product, const Int8Band<std::int16_t>& band)
{
    multiplyBand(product, band);
}
void multiplySums(const Int8Product::Packed& product, const Int8Band<std::int32_t>& band)
{
    multiplyBand(product, band);
}

} // namespace vitrine::kernels::HWY_NAMESPACE
#if HWY_TARGET == HWY_AVX3_DL
HWY_POP_ATTRIBUTES
#endif
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(multiplyBytes);
HWY_EXPORT(multiplyShorts);
HWY_EXPORT(multiplySums);

namespace
{

void multiplyBandBest(const Int8Product::Packed& p, const Int8Band<std::int8_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplyBytes)(p, band);
}
void multiplyBandBest(const Int8Product::Packed& p, const Int8Band<std::int16_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplyShorts)(p, band);
}
void multiplyBandBest(const Int8Product::Packed& p, const Int8Band<std::int32_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplySums)(p, band);
}

// The largest sum of any output, whatever the inputs.
std::int64_t mostSumOf(const Int8Layer& layer)
{
    std::int64_t most = 0;
    for (std::int64_t o = 0; o < layer.outputs; ++o) {
        std::int64_t sum = layer.bias ? std::abs(std::int64_t{layer.bias[o]}) : 0;
        for (std::int64_t i = 0; i < layer.inputs; ++i)
            sum += 128 * std::abs(int{layer.codes[o * layer.inputs + i]});
        most = std::max(most, sum);
    }
    return most;
}

bool isByteRange(CodeRange range)
{
    return range.low >= -128 && range.high <= 127;
}

Result<Int8Product::Packed> packedLayer(const Int8Layer& layer, std::int64_t mostSum)
{
    if (mostSum >= std::int64_t{1} << 31)
        return argumentError("sums of {} products up to {} do not fit 32 bits", layer.inputs,
                             mostSum);
    Int8Product::Packed packed;
    packed.tiles.packRows(layer.codes, layer.outputs, layer.inputs, layer.inputs);
    packed.bias.resize(static_cast<std::size_t>(packed.tiles.blocks() * Int8Tiles::kOutputs));
    if (layer.bias)
        std::copy_n(layer.bias, layer.outputs, packed.bias.begin());
    return packed;
}

// Few rows share what is read of the weights less often, but there must be enough to deal out.
constexpr std::int64_t kBandRows = 24, kFewRows = 6, kBandBlocks = 8;

} // namespace

Result<Int8Product> Int8Product::make(const Int8Layer& layer)
{
    VITRINE_TRY(auto packed, packedLayer(layer, mostSumOf(layer)));
    return Int8Product(std::make_shared<const Packed>(std::move(packed)));
}

Result<Int8Product> Int8Product::make(const Int8Layer& layer, const AfterSums& after)
{
    const std::int64_t mostSum = mostSumOf(layer);
    VITRINE_TRY(auto packed, packedLayer(layer, mostSum));
    VITRINE_TRY(packed.requantizer,
                SumRequantizer::make(after.factors, layer.outputs, mostSum, after.range));
    if (after.table && !isByteRange(after.range))
        return argumentError("a table has the codes -128 to 127, not {} to {}", after.range.low,
                             after.range.high);
    if (after.table)
        std::copy_n(after.table, 256, packed.table.emplace().begin());
    return Int8Product(std::make_shared<const Packed>(std::move(packed)));
}

std::int64_t Int8Product::outputs() const
{
    return packed_->tiles.outputs();
}
std::int64_t Int8Product::inputs() const
{
    return packed_->tiles.inputs();
}

template <class Value>
void Int8Product::runRows(const std::int8_t* x, std::int64_t rows, std::int64_t stride, Value* y,
                          std::int64_t yStride) const
{
    const std::int64_t blocks = packed_->tiles.blocks();
    const bool hasManyRows = rows >= 4 * kBandRows;
    const std::int64_t height = hasManyRows ? kBandRows : kFewRows,
                       width = hasManyRows ? blocks : kBandBlocks;
    const std::int64_t across = (blocks + width - 1) / width, down = (rows + height - 1) / height;
    parallelFor(static_cast<std::size_t>(across * down), [&](std::size_t item) {
        const std::int64_t row = static_cast<std::int64_t>(item) / across * height,
                           block = static_cast<std::int64_t>(item) % across * width;
        multiplyBandBest(*packed_, Int8Band<Value>{.x = x + row * stride,
                                                   .rows = std::min(height, rows - row),
                                                   .stride = stride,
                                                   .y = y + row * yStride,
                                                   .yStride = yStride,
                                                   .firstBlock = block,
                                                   .blocks = std::min(width, blocks - block)});
    });
}

void Int8Product::run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int8_t* y,
                      std::int64_t yStride) const
{
    assert(packed_->requantizer && isByteRange(packed_->requantizer->range()));
    runRows(x, rows, stride, y, yStride);
}

void Int8Product::run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int16_t* y,
                      std::int64_t yStride) const
{
    assert(packed_->requantizer && !packed_->table);
    runRows(x, rows, stride, y, yStride);
}

void Int8Product::run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int32_t* y,
                      std::int64_t yStride) const
{
    runRows(x, rows, stride, y, yStride);
}

} // namespace vitrine::kernels
#endif
