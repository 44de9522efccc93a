#pragma once

#include "core/figure/map_look.h"

#include <QPointF>
#include <QRectF>

#include <cstdint>
#include <optional>

namespace vitrine
{

using figure::MapWindow;

struct MapCell {
    std::int64_t row = 0, column = 0;
    friend bool operator==(const MapCell&, const MapCell&) = default;
};

// Where cells lie on the widget. Cells are square.
struct MapGeometry {
    QRectF area; // what the map may cover, in pixels
    std::int64_t rows = 0, columns = 0;
    double fit = 1;   // pixels per cell at zoom 1
    double scale = 1; // pixels per cell
    QPointF origin;   // corner of cell (0, 0)
    MapWindow window; // clamped

    QRectF visible() const; // the part of the area that cells cover
    QPointF toPixel(double row, double column) const;
    double rowAt(double y) const { return (y - origin.y()) / scale; }
    double columnAt(double x) const { return (x - origin.x()) / scale; }
    std::optional<MapCell> cellAt(QPointF pixel) const;
};

// Largest cell in pixels that zooming reaches.
inline constexpr double kLargestCell = 72;

MapGeometry mapGeometry(const QRectF& area, std::int64_t rows, std::int64_t columns,
                        const MapWindow& window);

// The window after zooming by `factor` with the cell under `anchor` staying there.
MapWindow zoomed(const MapGeometry& geometry, QPointF anchor, double factor);
MapWindow panned(const MapGeometry& geometry, QPointF pixels); // the map follows by that much
// The least move that brings the cell into sight.
MapWindow revealed(const MapGeometry& geometry, MapCell cell);

} // namespace vitrine
