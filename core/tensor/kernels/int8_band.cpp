#include "core/tensor/kernels/int8_band.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#define HWY_WANT_AVX3_DL // byte products that are summed (VNNI), tables of bytes (VBMI)
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/int8_band.cpp"
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
void finishRow(const Int8Sums& product, const std::int32_t* sums, std::int64_t output,
               std::int64_t count, Value* y)
{
    if constexpr (std::is_same_v<Value, std::int32_t>) {
        std::copy_n(sums, count, y);
    } else {
        requantizeSums(sums, output, count, *product.requantizer, y);
    }
}

template <class Value>
void multiplyRowsAndBlocks(const Int8Sums& product, const Int8Band<Value>& band)
{
    thread_local std::vector<Int8Input> inputs;
    const Int8Tiles& tiles = *product.tiles;
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
            tileSums(rows, blocks, tiles, block, product.bias ? product.bias + output : nullptr,
                     tiles.sums() + output, inputs.data() + row * stride, stride, sums);
            for (int r = 0; r < rows; ++r)
                finishRow(product, sums + r * kSumStride, output, count,
                          band.y + (row + r) * band.yStride + output);
        }
    }
    // Not sooner: what was just stored in pieces is slow to load whole.
    if constexpr (std::is_same_v<Value, std::int8_t>)
        if (product.table) {
            const std::int64_t output = band.firstBlock * Int8Tiles::kOutputs;
            const std::int64_t count =
                std::min(end * Int8Tiles::kOutputs, tiles.outputs()) - output;
            for (std::int64_t r = 0; r < band.rows; ++r)
                lookUpCodes(product.table, count, band.y + r * band.yStride + output);
        }
}

void multiplyBytes(const Int8Sums& product, const Int8Band<std::int8_t>& band)
{
    multiplyRowsAndBlocks(product, band);
}
void multiplyShorts(const Int8Sums& product, const Int8Band<std::int16_t>& band)
{
    multiplyRowsAndBlocks(product, band);
}
void multiplySums(const Int8Sums& product, const Int8Band<std::int32_t>& band)
{
    multiplyRowsAndBlocks(product, band);
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

void multiplyBand(const Int8Sums& sums, const Int8Band<std::int8_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplyBytes)(sums, band);
}
void multiplyBand(const Int8Sums& sums, const Int8Band<std::int16_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplyShorts)(sums, band);
}
void multiplyBand(const Int8Sums& sums, const Int8Band<std::int32_t>& band)
{
    HWY_DYNAMIC_DISPATCH(multiplySums)(sums, band);
}

} // namespace vitrine::kernels
#endif
