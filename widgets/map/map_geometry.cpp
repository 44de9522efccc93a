#include "widgets/map/map_geometry.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

// Centre of one axis: the middle where everything fits, else so that no ground shows beyond the
// border.
double clampedCentre(double centre, double cells, double extent, double scale)
{
    const double shown = extent / scale;
    if (centre < 0 || shown >= cells)
        return cells / 2;
    return std::clamp(centre, shown / 2, cells - shown / 2);
}

} // namespace

QRectF MapGeometry::visible() const
{
    const QRectF whole(
        origin, QSizeF(static_cast<double>(columns) * scale, static_cast<double>(rows) * scale));
    return whole.intersected(area);
}

QPointF MapGeometry::toPixel(double row, double column) const
{
    return origin + QPointF(column * scale, row * scale);
}

std::optional<MapCell> MapGeometry::cellAt(QPointF pixel) const
{
    if (!area.contains(pixel))
        return std::nullopt;
    const MapCell cell{static_cast<std::int64_t>(std::floor(rowAt(pixel.y()))),
                       static_cast<std::int64_t>(std::floor(columnAt(pixel.x())))};
    if (cell.row < 0 || cell.column < 0 || cell.row >= rows || cell.column >= columns)
        return std::nullopt;
    return cell;
}

MapGeometry mapGeometry(const QRectF& area, std::int64_t rows, std::int64_t columns,
                        const MapWindow& window)
{
    MapGeometry g{
        .area = area, .rows = rows, .columns = columns, .origin = area.topLeft(), .window = window};
    if (rows <= 0 || columns <= 0 || area.width() < 1 || area.height() < 1)
        return g;
    const auto height = static_cast<double>(rows), width = static_cast<double>(columns);
    g.fit = std::min(area.width() / width, area.height() / height);
    const double largest = std::max(1.0, kLargestCell / g.fit);
    g.window.zoom = std::clamp(std::isfinite(window.zoom) ? window.zoom : 1.0, 1.0, largest);
    g.scale = g.fit * g.window.zoom;
    g.window.row = clampedCentre(window.row, height, area.height(), g.scale);
    g.window.column = clampedCentre(window.column, width, area.width(), g.scale);
    g.origin = area.center() - QPointF(g.window.column * g.scale, g.window.row * g.scale);
    return g;
}

MapWindow zoomed(const MapGeometry& g, QPointF anchor, double factor)
{
    const double row = g.rowAt(anchor.y()), column = g.columnAt(anchor.x());
    MapWindow window = g.window;
    window.zoom *= factor;
    const MapGeometry scaled = mapGeometry(g.area, g.rows, g.columns, window);
    const QPointF offset = anchor - g.area.center();
    window.row = std::max(0.0, row - offset.y() / scaled.scale);
    window.column = std::max(0.0, column - offset.x() / scaled.scale);
    return mapGeometry(g.area, g.rows, g.columns, window).window;
}

MapWindow panned(const MapGeometry& g, QPointF pixels)
{
    MapWindow window = g.window;
    window.row = std::max(0.0, window.row - pixels.y() / g.scale);
    window.column = std::max(0.0, window.column - pixels.x() / g.scale);
    return mapGeometry(g.area, g.rows, g.columns, window).window;
}

MapWindow revealed(const MapGeometry& g, MapCell cell)
{
    const QPointF near = g.toPixel(static_cast<double>(cell.row), static_cast<double>(cell.column));
    const QPointF far = near + QPointF(g.scale, g.scale);
    const auto move = [](double low, double high, double from, double to) {
        return low < from ? from - low : high > to ? to - high : 0.0;
    };
    return panned(g, {move(near.x(), far.x(), g.area.left(), g.area.right()),
                      move(near.y(), far.y(), g.area.top(), g.area.bottom())});
}

} // namespace vitrine
