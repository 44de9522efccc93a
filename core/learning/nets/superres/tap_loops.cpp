#include "core/learning/nets/superres/tap_loops.h"

#include <algorithm>
#include <cmath>

namespace vitrine::learning::loops
{
namespace
{

// The four pixels around a place, with the weights of the bilinear mean and their slopes. A pixel
// outside has the weight and the slopes zero and points to pixel 0.
template <typename Number>
struct Corners {
    int64_t pixel[4];
    Number weight[4], slopeY[4], slopeX[4];
};

// False where nothing of the picture is near.
template <typename Number>
bool cornersAt(const TapSizes& s, Number y, Number x, Corners<Number>& corners)
{
    const bool near =
        y > -1 && x > -1 && y < static_cast<Number>(s.height) && x < static_cast<Number>(s.width);
    if (!near)
        return false;
    const auto top = static_cast<int64_t>(std::floor(y)),
               left = static_cast<int64_t>(std::floor(x));
    const Number down = y - static_cast<Number>(top), right = x - static_cast<Number>(left);
    for (int64_t i = 0; i < 4; ++i) {
        const int64_t row = top + i / 2, column = left + i % 2;
        const Number fromY = i / 2 ? down : 1 - down, fromX = i % 2 ? right : 1 - right;
        const bool inside = row >= 0 && row < s.height && column >= 0 && column < s.width;
        corners.pixel[i] = inside ? row * s.width + column : 0;
        corners.weight[i] = inside ? fromY * fromX : 0;
        corners.slopeY[i] = inside ? (i / 2 ? fromX : -fromX) : 0;
        corners.slopeX[i] = inside ? (i % 2 ? fromY : -fromY) : 0;
    }
    return true;
}

// Calls use(picture's first element, number of the tap among all, corners or null).
template <typename Number, typename Use>
void forEachTap(const TapSizes& s, const Number* offsets, Use use)
{
    Corners<Number> corners;
    int64_t tap = 0;
    for (int64_t b = 0; b < s.batch; ++b)
        for (int64_t y = 0; y < s.height; ++y)
            for (int64_t x = 0; x < s.width; ++x)
                for (int64_t k = 0; k < 9; ++k, ++tap) {
                    const Number row = static_cast<Number>(y + k / 3 - 1) + offsets[2 * tap];
                    const Number column = static_cast<Number>(x + k % 3 - 1) + offsets[2 * tap + 1];
                    const bool near = cornersAt(s, row, column, corners);
                    use(b * s.height * s.width * s.channels, tap, near ? &corners : nullptr);
                }
}

template <typename Number>
Number dotOf(const Number* a, const Number* b, int64_t count)
{
    Number sum = 0;
    for (int64_t i = 0; i < count; ++i)
        sum += a[i] * b[i];
    return sum;
}

} // namespace

template <typename Number>
void sampleTaps(const TapSizes& s, const Number* x, const Number* offsets, const Number* masks,
                Number* columns)
{
    const int64_t channels = s.channels;
    forEachTap(s, offsets, [&](int64_t picture, int64_t tap, const Corners<Number>* corners) {
        Number* to = columns + tap * channels;
        if (!corners) {
            std::fill_n(to, channels, Number(0));
            return;
        }
        const Number* from[4];
        Number weight[4];
        for (int64_t i = 0; i < 4; ++i) {
            from[i] = x + picture + corners->pixel[i] * channels;
            weight[i] = masks[tap] * corners->weight[i];
        }
        for (int64_t c = 0; c < channels; ++c)
            to[c] = weight[0] * from[0][c] + weight[1] * from[1][c] + weight[2] * from[2][c] +
                    weight[3] * from[3][c];
    });
}

template <typename Number>
void sampleTapsBackward(const TapSizes& s, const Number* x, const Number* offsets,
                        const Number* masks, const Number* dColumns, Number* dx, Number* dOffsets,
                        Number* dMasks)
{
    const int64_t channels = s.channels;
    forEachTap(s, offsets, [&](int64_t picture, int64_t tap, const Corners<Number>* corners) {
        Number slopeY = 0, slopeX = 0, value = 0;
        for (int64_t i = 0; corners && i < 4; ++i) {
            const Number* from = x + picture + corners->pixel[i] * channels;
            const Number* d = dColumns + tap * channels;
            Number* to = dx + picture + corners->pixel[i] * channels;
            const Number dot = dotOf(from, d, channels), weight = masks[tap] * corners->weight[i];
            value += corners->weight[i] * dot;
            slopeY += corners->slopeY[i] * dot;
            slopeX += corners->slopeX[i] * dot;
            for (int64_t c = 0; c < channels; ++c)
                to[c] += weight * d[c];
        }
        dOffsets[2 * tap] = masks[tap] * slopeY;
        dOffsets[2 * tap + 1] = masks[tap] * slopeX;
        dMasks[tap] = value;
    });
}

template void sampleTaps(const TapSizes&, const float*, const float*, const float*, float*);
template void sampleTaps(const TapSizes&, const double*, const double*, const double*, double*);
template void sampleTapsBackward(const TapSizes&, const float*, const float*, const float*,
                                 const float*, float*, float*, float*);
template void sampleTapsBackward(const TapSizes&, const double*, const double*, const double*,
                                 const double*, double*, double*, double*);

} // namespace vitrine::learning::loops
