#pragma once

#include "core/superres/s2r/s2r_weights.h"

#include <cstdint>
#include <functional>

namespace vitrine::superres
{

// Maps hold their pixels row by row, the channels of a pixel side by side.
struct MapSize {
    std::int64_t height = 0, width = 0;

    std::int64_t pixels() const { return height * width; }
};

// y = bias + x weights, or y += ..., for rows of pixels. On the calling thread.
enum class Into { replace, add };
void multiplyPixels(const PixelProduct& product, const float* x, std::int64_t pixels, float* y,
                    Into into = Into::replace);

// body(first, count) for shares of a map's pixels, or of its rows; several at once. Shares depend
// on the size alone.
using Share = std::function<void(std::int64_t first, std::int64_t count)>;
void forPixels(const MapSize& map, const Share& body);
void forRows(const MapSize& map, const Share& body);

} // namespace vitrine::superres
