#include "core/superres/tfjs/reach_tiles.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

constexpr std::int64_t kSmallestCore = 16;

struct ReachSpan {
    std::int64_t begin = 0, core = 0, size = 0;
};

// Of one direction: parts of equal size that read `side` pixels each.
std::vector<ReachSpan> spansOf(std::int64_t length, std::int64_t side, std::int64_t margin)
{
    if (length <= side)
        return {{0, 0, length}};
    const std::int64_t most = side - 2 * margin;
    const std::int64_t parts = (length + most - 1) / most;
    std::vector<ReachSpan> spans;
    for (std::int64_t i = 0; i < parts; ++i) {
        const std::int64_t core = length * i / parts, end = length * (i + 1) / parts;
        spans.push_back(
            {std::clamp(core - margin, std::int64_t{0}, length - side), core, end - core});
    }
    return spans;
}

} // namespace

ReachTiling reachTiles(std::int64_t width, std::int64_t height, std::int64_t reach,
                       std::int64_t line, std::int64_t pixels)
{
    const std::int64_t margin = reach + line, smallest = 2 * margin + kSmallestCore;
    const auto square = static_cast<std::int64_t>(std::sqrt(static_cast<double>(pixels)));
    const std::int64_t side = std::max(smallest, square);
    ReachTiling tiling;
    tiling.width = std::min(width, side);
    tiling.height = std::min(height, std::max(smallest, pixels / tiling.width));
    tiling.width = std::min(width, std::max(side, pixels / tiling.height));
    for (const ReachSpan& y : spansOf(height, tiling.height, margin))
        for (const ReachSpan& x : spansOf(width, tiling.width, margin))
            tiling.tiles.push_back({x.begin, y.begin, x.core, y.core, x.size, y.size});
    return tiling;
}

} // namespace vitrine::superres
