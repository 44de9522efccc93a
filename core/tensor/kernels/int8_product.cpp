#include "core/tensor/kernels/int8_product.h"

#include "core/base/parallel.h"
#include "core/tensor/kernels/int8_band.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdlib>
#include <vector>

namespace vitrine::kernels
{

struct Int8Product::Packed {
    Int8Tiles tiles;
    std::vector<std::int32_t> bias; // of whole blocks
    std::optional<SumRequantizer> requantizer;
    std::optional<std::array<std::int8_t, 256>> table;

    Int8Sums sums() const
    {
        return {&tiles, bias.data(), requantizer ? &*requantizer : nullptr,
                table ? table->data() : nullptr};
    }
};

namespace
{

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
constexpr std::int64_t kBandRows = 24, kFewBandRows = 6, kBandBlocks = 8;

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
    const Int8Sums sums = packed_->sums();
    const std::int64_t blocks = packed_->tiles.blocks();
    const bool hasManyRows = rows >= 4 * kBandRows;
    const std::int64_t height = hasManyRows ? kBandRows : kFewBandRows,
                       width = hasManyRows ? blocks : kBandBlocks;
    const std::int64_t across = (blocks + width - 1) / width, down = (rows + height - 1) / height;
    parallelFor(static_cast<std::size_t>(across * down), [&](std::size_t item) {
        const std::int64_t row = static_cast<std::int64_t>(item) / across * height,
                           block = static_cast<std::int64_t>(item) % across * width;
        multiplyBand(sums, Int8Band<Value>{.x = x + row * stride,
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
