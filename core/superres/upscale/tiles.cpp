#include "core/superres/upscale/tiles.h"

#include <algorithm>
#include <cmath>

namespace vitrine::superres
{
namespace
{

struct Part {
    Tile::Span computed, kept;
};

std::vector<Part> partsOf(std::int64_t size, std::int64_t side, const Tiling& tiling)
{
    std::vector<Part> parts;
    if (size <= side)
        return {{{0, size}, {0, size}}};
    const std::int64_t kept =
        std::max(tiling.step, (side - 2 * tiling.margin) / tiling.step * tiling.step);
    for (std::int64_t first = 0; first < size; first += kept) {
        const std::int64_t end = std::min(size, first + kept);
        parts.push_back({{std::max<std::int64_t>(0, first - tiling.margin),
                          std::min(size, end + tiling.margin)},
                         {first, end}});
    }
    return parts;
}

Image partOf(const Image& image, const Tile& tile)
{
    Image part = blankImage(tile.columns.size(), tile.rows.size());
    for (std::int64_t y = 0; y < part.height; ++y)
        std::copy_n(image.row(tile.rows.first + y) + 3 * tile.columns.first, 3 * part.width,
                    part.row(y));
    return part;
}

class Mosaic
{
public:
    Mosaic(const Image& low, std::int64_t scale) : scale_(scale)
    {
        out_.image = blankImage(low.width * scale, low.height * scale);
        out_.tiles = 0;
    }

    // Tiles come in rows from the top: their neighbours to the left and above are there.
    void lay(const Tile& tile, const Image& high)
    {
        if (tile.keptColumns.first > 0)
            compare(tile, high, tile.keptRows,
                    {tile.keptColumns.first - 1, tile.keptColumns.first});
        if (tile.keptRows.first > 0)
            compare(tile, high, {tile.keptRows.first - 1, tile.keptRows.first}, tile.keptColumns);
        forEachRow(
            tile, high, tile.keptRows, tile.keptColumns,
            [](const float* from, float* to, std::int64_t count) { std::copy_n(from, count, to); });
        ++out_.tiles;
    }

    Enlarged take() { return std::move(out_); }

private:
    template <typename Use>
    void forEachRow(const Tile& tile, const Image& high, Tile::Span rows, Tile::Span columns,
                    Use&& use)
    {
        for (std::int64_t y = rows.first * scale_; y < rows.end * scale_; ++y)
            use(high.row(y - tile.rows.first * scale_) +
                    3 * (columns.first - tile.columns.first) * scale_,
                out_.image.row(y) + 3 * columns.first * scale_, 3 * columns.size() * scale_);
    }

    void compare(const Tile& tile, const Image& high, Tile::Span rows, Tile::Span columns)
    {
        forEachRow(tile, high, rows, columns,
                   [this](const float* now, const float* before, std::int64_t count) {
                       for (std::int64_t i = 0; i < count; ++i)
                           out_.seamError = std::max(
                               out_.seamError, static_cast<double>(std::abs(now[i] - before[i])));
                   });
    }

    std::int64_t scale_;
    Enlarged out_;
};

} // namespace

std::vector<Tile> tilesOf(std::int64_t height, std::int64_t width, const Tiling& tiling)
{
    if (height * width <= tiling.mostPixels)
        return {{{0, height}, {0, width}, {0, height}, {0, width}}};
    const auto side = static_cast<std::int64_t>(std::sqrt(static_cast<double>(tiling.mostPixels)));
    std::vector<Tile> tiles;
    for (const Part& rows : partsOf(height, side, tiling))
        for (const Part& columns : partsOf(width, side, tiling))
            tiles.push_back({rows.computed, columns.computed, rows.kept, columns.kept});
    return tiles;
}

Result<Enlarged> enlargedInTiles(const Image& low, std::int64_t scale, const Tiling& tiling,
                                 const Forward& forward, const Progress& progress)
{
    const std::vector<Tile> tiles = tilesOf(low.height, low.width, tiling);
    Mosaic mosaic(low, scale);
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const auto share = [&](double done) {
            return !progress ||
                   progress((static_cast<double>(i) + done) / static_cast<double>(tiles.size()));
        };
        VITRINE_TRY(const Image high, forward(partOf(low, tiles[i]), share));
        mosaic.lay(tiles[i], high);
    }
    Enlarged enlarged = mosaic.take();
    if (!std::ranges::all_of(enlarged.image.values, [](float v) { return std::isfinite(v); }))
        return inputError("the weights give values that are not numbers");
    return enlarged;
}

} // namespace vitrine::superres
