#pragma once

#include <cstdint>

// One row of a map's pixels, the channels of a pixel side by side, from a few rows around it. On
// the calling thread, so that whoever has a band of a map can keep it in the cache.
namespace vitrine::kernels
{

// A 3 x 3 depthwise convolution, zero outside. rows: the row above, this one, the one below;
// nullptr outside the map. weights: [tap, row by row] [channel]; bias: [channel].
void depthwiseRow(const float* const rows[3], std::int64_t width, std::int64_t channels,
                  const float* weights, const float* bias, float* out);

// y = bias, or y += bias, for each row of `columns` values.
void biasRows(const float* bias, std::int64_t rows, std::int64_t columns, bool add, float* y);

// What the nine taps of a 3 x 3 deformable convolution read (Zhu et al. 2019, DCN v2, eq. (1)):
// mask * bilinear(map at pixel + tap + offset), zero outside the map. offsets: [pixel] [tap] [down,
// right], in pixels; masks: [pixel] [tap]; both lie `stride` apart from pixel to pixel. columns:
// [pixel] [tap] [channel].
struct MapView {
    const float* data = nullptr;
    std::int64_t height = 0, width = 0, channels = 0;
};
void deformableRow(const MapView& map, std::int64_t y, const float* offsets, const float* masks,
                   std::int64_t stride, float* columns);

} // namespace vitrine::kernels
