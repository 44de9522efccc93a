#include "widgets/map/difference_tiles.h"

#include "core/figure/not_finite.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine
{
namespace
{

// The entry of each stride x stride block that is farthest from zero; NaN where the block has none.
std::vector<float> strongest(const std::vector<float>& values, const MapTile& tile)
{
    std::vector<float> out(static_cast<std::size_t>(tile.height() * tile.width()), std::nanf(""));
    for (std::int64_t row = 0; row < tile.rows; ++row)
        for (std::int64_t column = 0; column < tile.columns; ++column) {
            const float value = values[static_cast<std::size_t>(row * tile.columns + column)];
            float& best = out[static_cast<std::size_t>(row / tile.stride * tile.width() +
                                                       column / tile.stride)];
            if (!std::isnan(value) && !(std::abs(value) <= std::abs(best)))
                best = value;
        }
    return out;
}

// One row of blocks, from single entries of both maps.
Result<std::vector<float>> differenceStrip(const TileSource& first, const TileSource& second,
                                           const MapTile& strip)
{
    MapTile single = strip;
    single.stride = 1;
    VITRINE_TRY(const auto a, first(single));
    VITRINE_TRY(auto b, second(single));
    std::ranges::transform(b, a, b.begin(), figure::differenceOf);
    return strip.stride == 1 ? b : strongest(b, strip);
}

} // namespace

TileSource differenceTiles(TileSource first, TileSource second)
{
    if (!first || !second)
        return {};
    return [first = std::move(first),
            second = std::move(second)](const MapTile& tile) -> Result<std::vector<float>> {
        std::vector<float> values;
        values.reserve(static_cast<std::size_t>(tile.height() * tile.width()));
        const std::int64_t step = tile.stride == 1 ? tile.rows : tile.stride;
        for (std::int64_t row = 0; row < tile.rows; row += step) {
            MapTile strip = tile;
            strip.row += row;
            strip.rows = std::min(step, tile.rows - row);
            VITRINE_TRY(const auto part, differenceStrip(first, second, strip));
            values.insert(values.end(), part.begin(), part.end());
        }
        return values;
    };
}

} // namespace vitrine
