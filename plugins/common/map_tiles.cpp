#include "plugins/common/map_tiles.h"

#include "core/figure/not_finite.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{

using attention::Capture;

Result<std::vector<float>> drawnTile(const Capture& capture, std::int64_t layerIndex,
                                     std::int64_t head, const Capture::Tile& tile)
{
    VITRINE_TRY(auto cells, capture.tile(layerIndex, head, tile));
    const std::int64_t columns = (tile.columns + tile.stride - 1) / tile.stride;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!std::isnan(cells[i]))
            continue;
        const std::int64_t row = static_cast<std::int64_t>(i) / columns * tile.stride,
                           column = static_cast<std::int64_t>(i) % columns * tile.stride;
        const Capture::Tile block{tile.row + row, tile.column + column,
                                  std::min(tile.stride, tile.rows - row),
                                  std::min(tile.stride, tile.columns - column)};
        if (capture.isSeen(block))
            cells[i] = figure::kNotFinite;
    }
    return cells;
}

std::vector<float> drawnThumbnail(const Capture& capture, std::int64_t layerIndex,
                                  std::int64_t head)
{
    const auto stored = capture.thumbnail(layerIndex, head);
    std::vector<float> cells(stored.begin(), stored.end());
    std::ranges::replace_if(
        cells, [](float value) { return std::isnan(value); }, figure::kNotFinite);
    const std::int64_t side = capture.thumbnailSide();
    for (std::int64_t row = 0; row < side; ++row) // no query sees a later key
        std::fill_n(cells.begin() + row * side + row + 1, side - row - 1, std::nanf(""));
    return cells;
}

} // namespace vitrine
