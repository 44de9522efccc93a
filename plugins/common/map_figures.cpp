#include "plugins/common/map_figures.h"

#include "core/attention/comparable.h"
#include "core/figure/not_finite.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/common/map_tiles.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{

namespace
{

using attention::Capture;

constexpr std::int64_t kMostCells = 1024;
constexpr std::size_t kMostTicks = 512;

// The part of a square map that is shown.
struct Region {
    std::int64_t row = 0, column = 0, size = 0, stride = 1;
};

Region regionOf(const figure::MapLook& look, std::int64_t tokens)
{
    Region region;
    region.size = std::clamp<std::int64_t>(
        std::llround(static_cast<double>(tokens) / look.window.zoom), 1, tokens);
    const auto start = [&](double centre) {
        const double middle = centre < 0 ? static_cast<double>(tokens) / 2 : centre;
        return std::clamp<std::int64_t>(std::llround(middle - static_cast<double>(region.size) / 2),
                                        0, tokens - region.size);
    };
    region.row = start(look.window.row);
    region.column = start(look.window.column);
    region.stride = (region.size + kMostCells - 1) / kMostCells;
    return region;
}

std::vector<figure::Axis::Tick> ticksOf(const Capture& capture, std::int64_t start,
                                        std::int64_t size)
{
    std::vector<figure::Axis::Tick> ticks;
    const std::int64_t step = size / static_cast<std::int64_t>(kMostTicks) + 1;
    for (std::int64_t j = start; j < start + size; j += step)
        ticks.push_back({static_cast<double>(j),
                         model::readableToken(capture.tokenTexts()[static_cast<std::size_t>(j)])});
    return ticks;
}

figure::Grid gridOf(const Region& region, std::vector<float> values)
{
    figure::Grid grid;
    const std::int64_t side = (region.size + region.stride - 1) / region.stride;
    grid.rows = grid.columns = side;
    grid.values = std::move(values);
    grid.dx = grid.dy = static_cast<double>(region.stride);
    grid.x0 = static_cast<double>(region.column) + (grid.dx - 1) / 2;
    grid.y0 = static_cast<double>(region.row) + (grid.dy - 1) / 2;
    return grid;
}

// The stored thumbnail of a head whose queries and keys were not kept, as a grid over the whole
// map.
figure::Grid thumbnailGrid(const Capture& capture, std::int64_t layer, std::int64_t head)
{
    figure::Grid grid;
    const std::int64_t side = capture.thumbnailSide();
    grid.rows = grid.columns = side;
    grid.values = drawnThumbnail(capture, layer, head);
    grid.dx = grid.dy =
        side > 0 ? static_cast<double>(capture.tokens()) / static_cast<double>(side) : 1;
    grid.x0 = grid.y0 = (grid.dx - 1) / 2;
    return grid;
}

// Range of the colours and what the legend says of values beyond.
void scaleGrid(figure::Grid& grid, const figure::MapLook& look)
{
    grid.name = "attention weight";
    grid.map = look.colours;
    grid.scale = look.scale;
    grid.maximum = look.clip;
    grid.minimum = look.least();
    grid.clipped = std::ranges::any_of(grid.values, [&](float value) {
        return !figure::isNotFinite(value) && static_cast<double>(value) > grid.maximum;
    });
}

figure::Figure frameOf(std::string name, std::string title, const Capture& capture,
                       figure::Grid grid)
{
    figure::Figure figure;
    figure.name = std::move(name);
    figure.title = std::move(title);
    figure.x.label = "Key";
    figure.y.label = "Query";
    figure.y.reversed = true;
    figure.legend = true;
    figure.equalAspect = true;
    figure.height = 98;
    const auto extent = [&](double origin, double step, std::int64_t count) {
        const double low = origin - step / 2;
        return std::pair{low, low + step * static_cast<double>(count)};
    };
    const auto [left, right] = extent(grid.x0, grid.dx, grid.columns);
    const auto [top, bottom] = extent(grid.y0, grid.dy, grid.rows);
    figure.x.minimum = left;
    figure.x.maximum = std::min(right, static_cast<double>(capture.tokens()) - 0.5);
    figure.y.minimum = top;
    figure.y.maximum = std::min(bottom, static_cast<double>(capture.tokens()) - 0.5);
    const auto ticks = [&](double low, double high) {
        const auto start = std::max<std::int64_t>(0, std::llround(low + 0.5));
        const auto end = std::min<std::int64_t>(capture.tokens(), std::llround(high + 0.5));
        return ticksOf(capture, start, std::max<std::int64_t>(end - start, 0));
    };
    figure.x.ticks = ticks(left, right);
    figure.y.ticks = ticks(top, bottom);
    figure.grids.push_back(std::move(grid));
    return figure;
}

std::string poolText(const figure::Grid& grid)
{
    return grid.dx > 1
               ? fmt::format(" Each cell is the maximum over about {:.0f} x {:.0f} entries.",
                             grid.dx, grid.dx)
               : std::string();
}

std::string notFiniteText(const figure::Grid& grid)
{
    return std::ranges::any_of(grid.values, figure::isNotFinite)
               ? " Hatched cells are not finite: NaN or infinity."
               : "";
}

// Second less first over the region; of each pooled block the entry farthest from zero.
Result<std::vector<float>> differenceCells(const Capture& first, const Capture& second,
                                           std::int64_t layerOfFirst, std::int64_t layerOfSecond,
                                           std::int64_t head, const Region& region)
{
    const std::int64_t side = (region.size + region.stride - 1) / region.stride;
    std::vector<float> cells(static_cast<std::size_t>(side * side), std::nanf(""));
    for (std::int64_t row = 0; row < region.size; ++row) {
        const Capture::Tile tile = {region.row + row, region.column, 1, region.size, 1};
        VITRINE_TRY(const auto a, drawnTile(first, layerOfFirst, head, tile));
        VITRINE_TRY(const auto b, drawnTile(second, layerOfSecond, head, tile));
        for (std::int64_t column = 0; column < region.size; ++column) {
            const float value = figure::differenceOf(b[static_cast<std::size_t>(column)],
                                                     a[static_cast<std::size_t>(column)]);
            float& cell = cells[static_cast<std::size_t>(row / region.stride * side +
                                                         column / region.stride)];
            if (!std::isnan(value) && (std::isnan(cell) || std::abs(value) > std::abs(cell)))
                cell = value;
        }
    }
    return cells;
}

} // namespace

std::int64_t layerIndexOf(const Capture& capture, model::LayerHead head)
{
    const auto found = std::ranges::find(capture.layerIds(), head.layer);
    return found == capture.layerIds().end() || head.head < 0 || head.head >= capture.heads()
               ? -1
               : found - capture.layerIds().begin();
}

MapFigure mapFigure(std::string name, std::string title, const Capture& capture,
                    std::int64_t layerIndex, std::int64_t head, const figure::MapLook& look)
{
    const Region region = regionOf(look, capture.tokens());
    auto cells = drawnTile(capture, layerIndex, head,
                           {region.row, region.column, region.size, region.size, region.stride});
    figure::Grid grid =
        cells ? gridOf(region, *std::move(cells)) : thumbnailGrid(capture, layerIndex, head);
    scaleGrid(grid, look);
    MapFigure made;
    made.note = poolText(grid);
    if (!capture.keeps(layerIndex, head))
        made.note += " The head's queries and keys were not kept: this is its thumbnail.";
    else if (!cells) // a damaged file
        made.note += fmt::format(" This is the head's thumbnail: {}.", cells.error().message);
    made.note += notFiniteText(grid);
    made.figure = frameOf(std::move(name), std::move(title), capture, std::move(grid));
    return made;
}

Result<MapFigure> differenceFigure(std::string name, std::string title, const Capture& first,
                                   const Capture& second, model::LayerHead head,
                                   const figure::MapLook& look)
{
    if (const std::string reason = attention::whyNotComparable(first, second); !reason.empty())
        return argumentError("no difference of maps: {}", reason);
    const std::int64_t inFirst = layerIndexOf(first, head), inSecond = layerIndexOf(second, head);
    if (inFirst < 0 || inSecond < 0)
        return argumentError("no difference of maps: layer {}, head {} is not in both captures",
                             head.layer, head.head);
    const Region region = regionOf(look, first.tokens());
    VITRINE_TRY(auto cells, differenceCells(first, second, inFirst, inSecond, head.head, region));
    figure::Grid grid = gridOf(region, std::move(cells));
    grid.name = "difference of attention weights";
    grid.map = figure::ColourMap::difference;
    grid.minimum = -look.clip;
    grid.maximum = look.clip;
    grid.clipped = std::ranges::any_of(grid.values, [&](float value) {
        return !figure::isNotFinite(value) && std::abs(static_cast<double>(value)) > grid.maximum;
    });
    MapFigure made;
    if (region.stride > 1)
        made.note = fmt::format(" Each cell shows the entry farthest from zero of {0} x {0}.",
                                region.stride);
    made.note += notFiniteText(grid);
    made.figure = frameOf(std::move(name), std::move(title), first, std::move(grid));
    return made;
}

} // namespace vitrine
