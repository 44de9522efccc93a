#pragma once

#include <cstdint>

namespace vitrine::kernels
{

// Rows of a map, pixel after pixel; the values of a pixel that are meant begin at `data`, those of
// the next one lie `stride` further.
template <typename T>
struct PixelRows {
    T* data = nullptr;
    std::int64_t stride = 0;
};

// A map cut into square windows of side x side pixels, after it was rolled cyclically by `roll`
// pixels up and to the left. Height and width are multiples of the side; side * side is a multiple
// of 16.
struct WindowCut {
    std::int64_t height = 0, width = 0, side = 0, roll = 0;

    std::int64_t count() const { return (height / side) * (width / side); }
    std::int64_t tokens() const { return side * side; }
};

// Attention of ELAN inside each window (Zhang et al., ECCV 2022, section 3.3; S2R, arXiv
// 2308.08142): y = softmax(q q^T) v, the queries are their own keys, not scaled, over `channels`
// channels. Maps are never stored: who needs them again computes them again, with the same bits.
// Parallel over windows, bit-identical for every thread count.
void attendInWindows(const WindowCut& cut, std::int64_t channels, PixelRows<const float> q,
                     PixelRows<const float> v, PixelRows<float> y);

// The same in double precision, window by window: the judge.
void attendInWindowsSlowly(const WindowCut& cut, std::int64_t channels, PixelRows<const float> q,
                           PixelRows<const float> v, PixelRows<float> y);

} // namespace vitrine::kernels
