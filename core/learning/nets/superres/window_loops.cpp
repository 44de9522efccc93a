#include "core/learning/nets/superres/window_loops.h"

#include "core/learning/nets/training/product.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace vitrine::learning::loops
{
namespace
{

// Calls use(pixel of the picture, pixel of the windows) once for each pixel.
template <typename Use>
void forEachWindowPixel(const WindowCut& cut, Use use)
{
    const int64_t size = cut.size;
    int64_t at = 0;
    for (int64_t b = 0; b < cut.batch; ++b)
        for (int64_t top = 0; top < cut.height; top += size)
            for (int64_t left = 0; left < cut.width; left += size)
                for (int64_t y = 0; y < size; ++y) {
                    const int64_t row = (top + y + cut.roll) % cut.height;
                    const int64_t start = (b * cut.height + row) * cut.width;
                    for (int64_t x = 0; x < size; ++x)
                        use(start + (left + x + cut.roll) % cut.width, at++);
                }
}

void windowSoftmax(float* map, int64_t rows)
{
    for (int64_t r = 0; r < rows; ++r, map += rows) {
        float largest = map[0];
        for (int64_t j = 1; j < rows; ++j)
            largest = std::max(largest, map[j]);
        float sum = 0.0f;
        for (int64_t j = 0; j < rows; ++j) {
            map[j] = std::exp(map[j] - largest);
            sum += map[j];
        }
        const float scale = 1.0f / sum;
        for (int64_t j = 0; j < rows; ++j)
            map[j] *= scale;
    }
}

// dScores = A * (dA - sum_j A dA), in place of dA.
void windowSoftmaxBackward(const float* map, float* dMap, int64_t rows)
{
    for (int64_t r = 0; r < rows; ++r, map += rows, dMap += rows) {
        float dot = 0.0f;
        for (int64_t j = 0; j < rows; ++j)
            dot += map[j] * dMap[j];
        for (int64_t j = 0; j < rows; ++j)
            dMap[j] = map[j] * (dMap[j] - dot);
    }
}

} // namespace

void gatherWindows(const WindowCut& cut, const ChannelPart& part, const float* picture,
                   float* windows)
{
    forEachWindowPixel(cut, [&](int64_t pixel, int64_t at) {
        std::copy_n(picture + pixel * part.stride + part.first, part.channels,
                    windows + at * part.channels);
    });
}

void scatterWindows(const WindowCut& cut, const ChannelPart& part, const float* windows,
                    float* picture)
{
    forEachWindowPixel(cut, [&](int64_t pixel, int64_t at) {
        std::copy_n(windows + at * part.channels, part.channels,
                    picture + pixel * part.stride + part.first);
    });
}

void windowMaps(const WindowSizes& s, const float* q, float* maps)
{
    const int64_t t = s.tokens, c = s.channels;
    for (int64_t i = 0; i < s.windows; ++i, q += t * c, maps += t * t) {
        product({t, t, c}, {q, c}, {q, c, true}, {maps, t}, Sum::replace);
        windowSoftmax(maps, t);
    }
}

void mixWindows(const WindowSizes& s, const float* maps, const float* v, float* y)
{
    const int64_t t = s.tokens, c = s.channels;
    for (int64_t i = 0; i < s.windows; ++i, maps += t * t, v += t * c, y += t * c)
        product({t, c, t}, {maps, t}, {v, c}, {y, c}, Sum::replace);
}

void mixWindowsBackward(const WindowSizes& s, const float* maps, const float* v, const float* dy,
                        float* dv, float* dMaps)
{
    const int64_t t = s.tokens, c = s.channels;
    for (int64_t i = 0; i < s.windows; ++i) {
        const float* dRows = dy + i * t * c;
        product({t, c, t}, {maps + i * t * t, t, true}, {dRows, c}, {dv + i * t * c, c},
                Sum::replace);
        if (dMaps)
            product({t, t, c}, {dRows, c}, {v + i * t * c, c, true}, {dMaps + i * t * t, t},
                    Sum::replace);
    }
}

void windowMapsBackward(const WindowSizes& s, const float* q, const float* maps, const float* v,
                        const float* dy, const float* dMaps, float* dq)
{
    const int64_t t = s.tokens, c = s.channels;
    std::vector<float> scores(static_cast<size_t>(t * t));
    for (int64_t i = 0; i < s.windows; ++i, q += t * c, v += t * c, dy += t * c, dq += t * c) {
        if (dMaps)
            std::copy_n(dMaps + i * t * t, t * t, scores.data());
        product({t, t, c}, {dy, c}, {v, c, true}, {scores.data(), t},
                dMaps ? Sum::add : Sum::replace);
        windowSoftmaxBackward(maps + i * t * t, scores.data(), t);
        // The scores are q q^T: q stands on both sides.
        product({t, c, t}, {scores.data(), t}, {q, c}, {dq, c}, Sum::replace);
        product({t, c, t}, {scores.data(), t, true}, {q, c}, {dq, c}, Sum::add);
    }
}

} // namespace vitrine::learning::loops
