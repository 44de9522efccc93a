#pragma once

#include "core/superres/upscale/upscaler.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace vitrine::superres
{

// A part of a picture: what is computed, and what of it is kept.
struct Tile {
    struct Span {
        std::int64_t first = 0, end = 0; // of pixels
        std::int64_t size() const { return end - first; }
    };
    Span rows, columns;         // computed
    Span keptRows, keptColumns; // within them
};

struct Tiling {
    std::int64_t mostPixels = 0; // of a tile, with what is not kept
    std::int64_t margin = 0;     // pixels beside what is kept that are computed as well
    std::int64_t step = 1;       // tiles begin at multiples of it, so that windows are the same
};

// One tile where the picture has no more pixels; else the kept parts of equal squares cover it, in
// rows from the top.
std::vector<Tile> tilesOf(std::int64_t height, std::int64_t width, const Tiling& tiling);

// A forward pass over a part of a picture.
using Forward = std::function<Result<Image>(const Image& low, const Progress& progress)>;

// The picture, enlarged tile by tile. The seam error is the largest difference between the pixels
// that one tile keeps and what its neighbour to the right or below computes for the last column or
// row of them. Input error where a value is not finite.
Result<Enlarged> enlargedInTiles(const Image& low, std::int64_t scale, const Tiling& tiling,
                                 const Forward& forward, const Progress& progress);

} // namespace vitrine::superres
