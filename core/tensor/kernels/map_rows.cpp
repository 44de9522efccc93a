#include "core/tensor/kernels/map_rows.h"

#include <algorithm>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/tensor/kernels/map_rows.cpp"
#include <hwy/foreach_target.h>

#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace vitrine::kernels::HWY_NAMESPACE
{

namespace hn = hwy::HWY_NAMESPACE;

// Calls use(d, i) for vectors of channels from i on: long ones first, then what is left over.
template <typename Use>
HWY_INLINE void forChannels(std::int64_t channels, Use use)
{
    std::int64_t i = 0;
    const auto all = [&](auto d) HWY_ATTR {
        const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
        for (; i + lanes <= channels; i += lanes)
            use(d, i);
    };
    all(hn::CappedTag<float, 16>());
    all(hn::CappedTag<float, 8>());
    all(hn::CappedTag<float, 4>());
    all(hn::CappedTag<float, 2>());
    all(hn::CappedTag<float, 1>());
}

void depthwiseRowOf(const float* const rows[3], std::int64_t width, std::int64_t channels,
                    const float* weights, const float* bias, float* out)
{
    for (std::int64_t x = 0; x < width; ++x) {
        const float* seen[9];
        for (std::int64_t tap = 0; tap < 9; ++tap) {
            const std::int64_t column = x + tap % 3 - 1;
            const float* row = rows[tap / 3];
            seen[tap] = row && column >= 0 && column < width ? row + column * channels : nullptr;
        }
        float* pixel = out + x * channels;
        forChannels(channels, [&](auto d, std::int64_t i) {
            auto sum = hn::LoadU(d, bias + i);
            for (std::int64_t tap = 0; tap < 9; ++tap)
                if (seen[tap])
                    sum = hn::MulAdd(hn::LoadU(d, weights + tap * channels + i),
                                     hn::LoadU(d, seen[tap] + i), sum);
            hn::StoreU(sum, d, pixel + i);
        });
    }
}

void biasRowsOf(const float* bias, std::int64_t rows, std::int64_t columns, bool add, float* y)
{
    for (std::int64_t row = 0; row < rows; ++row, y += columns)
        forChannels(columns, [&](auto d, std::int64_t i) {
            const auto each = hn::LoadU(d, bias + i);
            hn::StoreU(add ? hn::Add(hn::LoadU(d, y + i), each) : each, d, y + i);
        });
}

// Four neighbours, with the shares that a place between them has of each; nullptr outside.
struct Corners {
    const float* values[4];
    float shares[4];
};

HWY_INLINE Corners cornersOf(const MapView& map, float y, float x, float mask)
{
    const float top = std::floor(y), left = std::floor(x);
    const float down = y - top, right = x - left;
    const auto row = static_cast<std::int64_t>(top), column = static_cast<std::int64_t>(left);
    Corners corners{};
    for (int i = 0; i < 4; ++i) {
        const std::int64_t cy = row + i / 2, cx = column + i % 2;
        const bool inside = cy >= 0 && cy < map.height && cx >= 0 && cx < map.width;
        corners.values[i] = inside ? map.data + (cy * map.width + cx) * map.channels : nullptr;
        corners.shares[i] = mask * (i / 2 ? down : 1.0f - down) * (i % 2 ? right : 1.0f - right);
    }
    return corners;
}

void deformableRowOf(const MapView& map, std::int64_t y, const float* offsets, const float* masks,
                     std::int64_t stride, float* columns)
{
    // Farther away nothing is seen, and whole numbers would not hold it.
    const auto farthest = static_cast<float>(std::max(map.height, map.width) + 2);
    for (std::int64_t x = 0; x < map.width; ++x, offsets += stride, masks += stride)
        for (std::int64_t tap = 0; tap < 9; ++tap, columns += map.channels) {
            const float down = offsets[2 * tap], right = offsets[2 * tap + 1];
            if (!(std::abs(down) <= farthest && std::abs(right) <= farthest)) {
                std::fill_n(columns, map.channels, std::isnan(down + right) ? NAN : 0.0f);
                continue;
            }
            const Corners corners =
                cornersOf(map, static_cast<float>(y + tap / 3 - 1) + down,
                          static_cast<float>(x + tap % 3 - 1) + right, masks[tap]);
            forChannels(map.channels, [&](auto d, std::int64_t i) {
                auto sum = hn::Zero(d);
                for (int corner = 0; corner < 4; ++corner)
                    if (corners.values[corner])
                        sum = hn::MulAdd(hn::Set(d, corners.shares[corner]),
                                         hn::LoadU(d, corners.values[corner] + i), sum);
                hn::StoreU(sum, d, columns + i);
            });
        }
}

} // namespace vitrine::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace vitrine::kernels
{

HWY_EXPORT(depthwiseRowOf);
HWY_EXPORT(biasRowsOf);
HWY_EXPORT(deformableRowOf);

void depthwiseRow(const float* const rows[3], std::int64_t width, std::int64_t channels,
                  const float* weights, const float* bias, float* out)
{
    HWY_DYNAMIC_DISPATCH(depthwiseRowOf)(rows, width, channels, weights, bias, out);
}

void biasRows(const float* bias, std::int64_t rows, std::int64_t columns, bool add, float* y)
{
    HWY_DYNAMIC_DISPATCH(biasRowsOf)(bias, rows, columns, add, y);
}

void deformableRow(const MapView& map, std::int64_t y, const float* offsets, const float* masks,
                   std::int64_t stride, float* columns)
{
    HWY_DYNAMIC_DISPATCH(deformableRowOf)(map, y, offsets, masks, stride, columns);
}

} // namespace vitrine::kernels

#endif
