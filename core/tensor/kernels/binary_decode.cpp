#include "core/tensor/kernels/binary_tiles.h"

#include <algorithm>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/binary_decode.cpp"
#include <hwy/foreach_target.h>

#include "core/tensor/kernels/binary_scales-inl.h"

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;
using DecodedReals = hn::CappedTag<float, 16>;

// `scales`: [plane, then offsets if there are][stride].
template <bool kHasOffsets>
void decodeRow(const BinaryTiles& tiles, int planes, std::int64_t row, const float* scales,
               std::int64_t stride, float* out)
{
    const DecodedReals d;
    const hn::RebindToUnsigned<DecodedReals> du;
    constexpr auto lanes = static_cast<std::int64_t>(hn::MaxLanes(DecodedReals()));
    constexpr std::int64_t inputs = BinaryTiles::kInputs;
    HWY_ALIGN std::uint32_t bits[inputs];
    for (std::int64_t k = 0; k < inputs; ++k)
        bits[k] = 1u << (8 * (k % 4) + k / 4);
    const std::uint8_t* codes[8] = {};
    for (int plane = 0; plane < planes; ++plane)
        codes[plane] = tiles.codes(plane, row / BinaryTiles::kRows) + row % BinaryTiles::kRows * 4;

    const auto decode = [&](std::int64_t tile, std::int64_t i) HWY_ATTR {
        const std::int64_t k = tile * inputs + i;
        const auto bit = hn::Load(du, bits + i);
        auto sum = kHasOffsets ? hn::LoadU(d, scales + planes * stride + k) : hn::Zero(d);
        for (int plane = 0; plane < planes; ++plane) {
            std::uint32_t word = 0;
            std::memcpy(&word, codes[plane] + tile * BinaryTiles::kBytes, sizeof word);
            const auto isPlus = hn::RebindMask(d, hn::TestBit(hn::Set(du, word), bit));
            const auto scale = hn::LoadU(d, scales + plane * stride + k);
            sum = hn::Add(sum, hn::IfThenElse(isPlus, scale, hn::Neg(scale)));
        }
        return sum;
    };
    const std::int64_t whole = tiles.inputs() / inputs;
    for (std::int64_t tile = 0; tile < whole; ++tile)
        for (std::int64_t i = 0; i < inputs; i += lanes)
            hn::StoreU(decode(tile, i), d, out + tile * inputs + i);
    float last[inputs];
    for (std::int64_t i = 0; whole * inputs < tiles.inputs() && i < inputs; i += lanes)
        hn::StoreU(decode(whole, i), d, last + i);
    std::copy_n(last, tiles.inputs() - whole * inputs, out + whole * inputs);
}

void decodeTilesOf(const BinaryTiles& tiles, int planes, std::int64_t begin, std::int64_t end,
                   float* scales, std::int64_t stride, float* out)
{
    const BinaryScales& stored = tiles.scales();
    for (std::int64_t row = begin; row < end; ++row, out += tiles.inputs()) {
        if (row == begin || row % tiles.groupRows() == 0) {
            for (int plane = 0; plane < planes; ++plane)
                spreadGroups(
                    DecodedReals(), tiles, row,
                    [&](auto d, std::int64_t i)
                        HWY_ATTR { return loadScales(d, stored, plane, i); },
                    scales + plane * stride);
            if (stored.hasOffsets())
                spreadGroups(
                    DecodedReals(), tiles, row,
                    [&](auto d, std::int64_t i) HWY_ATTR { return loadOffsets(d, stored, i); },
                    scales + planes * stride);
        }
        stored.hasOffsets() ? decodeRow<true>(tiles, planes, row, scales, stride, out)
                            : decodeRow<false>(tiles, planes, row, scales, stride, out);
    }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace vitrine::kernels
{

HWY_EXPORT(decodeTilesOf);

void decodeTiles(const BinaryTiles& tiles, int planes, std::int64_t begin, std::int64_t end,
                 float* out)
{
    thread_local std::vector<float> scales;
    const std::int64_t stride = (tiles.tiles() + 1) * BinaryTiles::kInputs;
    const auto size = static_cast<std::size_t>((planes + 1) * stride);
    if (scales.size() < size)
        scales.resize(size);
    HWY_DYNAMIC_DISPATCH(decodeTilesOf)(tiles, planes, begin, end, scales.data(), stride, out);
}

} // namespace vitrine::kernels
#endif
