#include "core/figure/figure.h"
#include "widgets/map/colour_legend.h"
#include "widgets/map/map_labels.h"
#include "widgets/map/map_view.h"
#include "widgets/theme/hatch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr double kLabelDistance = 14;

// Edges on whole device pixels: cells are crisp and leave no gaps.
QRectF onPixels(const QRectF& rect, double ratio)
{
    const auto snap = [ratio](double value) { return std::round(value * ratio) / ratio; };
    return {QPointF(snap(rect.left()), snap(rect.top())),
            QPointF(snap(rect.right()), snap(rect.bottom()))};
}

// Pixels of a tile's values; blocks at the grid's border count in full.
QRectF pixelsOf(const MapGeometry& g, const MapTile& tile)
{
    const auto reach = [&](std::int64_t values) {
        return static_cast<double>(values * tile.stride) * g.scale;
    };
    return {g.toPixel(static_cast<double>(tile.row), static_cast<double>(tile.column)),
            QSizeF(reach(tile.width()), reach(tile.height()))};
}

} // namespace

void MapView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setFont(theme::monoFont(11));
    const theme::Palette& colours = theme::palette();
    const Frame f = frame();
    if (!notice_.isEmpty() || grid_.rows <= 0 || grid_.columns <= 0) {
        painter.setFont(theme::uiFont(13));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(rect()).adjusted(24, 24, -24, -24),
                         Qt::AlignCenter | Qt::TextWordWrap, notice_);
        return;
    }
    const MapGeometry g = geometryOfMap();
    paintCells(painter, g);
    paintMarks(painter, g);
    paintCrosshair(painter, g);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(hasFocus() ? QPen(colours.accent, 2) : QPen(colours.line, colours.lineWidth));
    // Around the cells: column 0 is where most sinks are.
    painter.drawRect(onPixels(g.visible(), devicePixelRatioF()).adjusted(-1, -1, 0, 0));
    paintMargins(painter, g, f);
    paintLegend(painter, g, f);
}

const QImage& MapView::imageOf(TileCache::Entry& entry)
{
    if (entry.imageVersion != tableVersion_) {
        entry.image = table_.image(entry.values, static_cast<int>(entry.tile.width()),
                                   static_cast<int>(entry.tile.height()));
        entry.imageVersion = tableVersion_;
    }
    return entry.image;
}

void MapView::paintCells(QPainter& painter, const MapGeometry& g)
{
    const int shown = level();
    painter.save();
    painter.setClipRect(onPixels(g.visible(), devicePixelRatioF()));
    painter.fillRect(g.visible(), theme::palette().sunken);
    hatched_ = false;
    std::vector<MapTile> missing;
    for (const MapTile& tile : tilesInSight(g, shown)) {
        if (!loader_->cache().has(tile))
            missing.push_back(tile);
        paintTile(painter, g, tile, shown);
    }
    painter.restore();
    loader_->want(std::move(missing));
}

void MapView::paintTile(QPainter& painter, const MapGeometry& g, const MapTile& tile, int shown)
{
    const QRectF target = onPixels(pixelsOf(g, tile), devicePixelRatioF());
    TileCache::Entry* entry = loader_->cache().find(tile);
    if (!entry)
        entry = loader_->old().find(tile);
    if (entry && !entry->failed) {
        painter.drawImage(target, imageOf(*entry));
        hatch(painter, target, entry->values, entry->tile.width(), entry->tile.height());
    } else if (entry || !paintFallback(painter, g, tile, shown))
        painter.fillRect(target, QBrush(theme::palette().line, Qt::BDiagPattern));
}

void MapView::hatch(QPainter& painter, const QRectF& target, std::span<const float> values,
                    std::int64_t width, std::int64_t height)
{
    if (theme::hatchNotFinite(painter, target, values, static_cast<int>(width),
                              static_cast<int>(height), theme::palette()))
        hatched_ = true;
}

// What is known of a tile that has not come: a coarser level, else the preview.
bool MapView::paintFallback(QPainter& painter, const MapGeometry& g, const MapTile& tile, int shown)
{
    const QRectF target = onPixels(pixelsOf(g, tile).intersected(g.visible()), devicePixelRatioF());
    if (target.isEmpty())
        return true;
    const double row = g.rowAt(target.top()), column = g.columnAt(target.left());
    const double rows = target.height() / g.scale, columns = target.width() / g.scale;
    for (int coarser = shown + 1; coarser <= std::min(shown + 4, kLevels - 1); ++coarser) {
        const MapTile parent = tileAt(coarser, tile.row, tile.column, g.rows, g.columns);
        TileCache::Entry* entry = loader_->cache().find(parent);
        if (!entry || entry->failed || tile.row + tile.rows > parent.row + parent.rows ||
            tile.column + tile.columns > parent.column + parent.columns)
            continue;
        const auto stride = static_cast<double>(parent.stride);
        painter.drawImage(target, imageOf(*entry),
                          QRectF((column - static_cast<double>(parent.column)) / stride,
                                 (row - static_cast<double>(parent.row)) / stride, columns / stride,
                                 rows / stride));
        painter.save();
        painter.setClipRect(target, Qt::IntersectClip);
        hatch(painter, pixelsOf(g, parent), entry->values, parent.width(), parent.height());
        painter.restore();
        return true;
    }
    if (grid_.previewSide <= 0)
        return false;
    if (preview_.isNull())
        preview_ = table_.image(grid_.preview, static_cast<int>(grid_.previewSide),
                                static_cast<int>(grid_.previewSide));
    const double perRow = static_cast<double>(grid_.previewSide) / static_cast<double>(g.rows);
    const double perColumn =
        static_cast<double>(grid_.previewSide) / static_cast<double>(g.columns);
    painter.drawImage(target, preview_,
                      QRectF(column * perColumn, row * perRow, columns * perColumn, rows * perRow));
    painter.save();
    painter.setClipRect(target, Qt::IntersectClip);
    hatch(painter,
          QRectF(g.toPixel(0, 0),
                 g.toPixel(static_cast<double>(g.rows), static_cast<double>(g.columns))),
          grid_.preview, grid_.previewSide, grid_.previewSide);
    painter.restore();
    return true;
}

void MapView::paintMarks(QPainter& painter, const MapGeometry& g)
{
    const theme::Palette& colours = theme::palette();
    const QRectF sight = g.visible();
    for (const MapMark& mark : marks_) {
        const QColor colour = mark.selected ? colours.accent : colours.series(mark.colour);
        const QPointF middle = g.toPixel(static_cast<double>(mark.position) + 0.5,
                                         static_cast<double>(mark.position) + 0.5);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.setRenderHint(QPainter::Antialiasing);
        const double x = middle.x(), y = middle.y();
        if (x >= sight.left() && x <= sight.right())
            painter.drawPolygon(QPolygonF(
                {{x - 4, sight.top() - 7}, {x + 4, sight.top() - 7}, {x, sight.top() - 1}}));
        if (y >= sight.top() && y <= sight.bottom())
            painter.drawPolygon(QPolygonF(
                {{sight.left() - 7, y - 4}, {sight.left() - 7, y + 4}, {sight.left() - 1, y}}));
        painter.setRenderHint(QPainter::Antialiasing, false);
    }
}

// A light line with a dark one beside it is seen on every colour.
void MapView::paintCrosshair(QPainter& painter, const MapGeometry& g)
{
    const auto cell = markedCell();
    if (!cell || cell->row >= g.rows || cell->column >= g.columns)
        return;
    const QRectF sight = g.visible();
    const QPointF corner =
        g.toPixel(static_cast<double>(cell->row), static_cast<double>(cell->column));
    const QRectF box = QRectF(corner, QSizeF(g.scale, g.scale));
    painter.save();
    painter.setClipRect(sight);
    for (const auto& [colour, shift] :
         {std::pair(QColor(0, 0, 0, 110), 1.0), std::pair(QColor(255, 255, 255, 190), 0.0)}) {
        painter.setPen(QPen(colour, 1, cursor_ ? Qt::SolidLine : Qt::DashLine));
        const QPointF middle = box.center() + QPointF(shift, shift);
        const double gap = std::max(g.scale / 2, 3.0) + 1;
        painter.drawLine(QPointF(middle.x(), sight.top()), QPointF(middle.x(), middle.y() - gap));
        painter.drawLine(QPointF(middle.x(), middle.y() + gap),
                         QPointF(middle.x(), sight.bottom()));
        painter.drawLine(QPointF(sight.left(), middle.y()), QPointF(middle.x() - gap, middle.y()));
        painter.drawLine(QPointF(middle.x() + gap, middle.y()), QPointF(sight.right(), middle.y()));
        if (g.scale >= 5)
            painter.drawRect(box.adjusted(shift - 1, shift - 1, -shift, -shift));
    }
    painter.restore();
}

void MapView::paintMargins(QPainter& painter, const MapGeometry& g, const Frame& f)
{
    const theme::Palette& colours = theme::palette();
    const QRectF sight = g.visible();
    const auto cell = markedCell();
    const QFontMetricsF metrics(painter.font());
    std::vector<std::int64_t> rows, columns;
    if (cell) {
        rows.push_back(cell->row);
        columns.push_back(cell->column);
    }
    for (const MapMark& mark : marks_) {
        rows.push_back(mark.position);
        columns.push_back(mark.position);
    }
    const auto within = [](double value, std::int64_t cells) {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(value), 0, cells);
    };
    const double room = f.left - 14;
    for (const MapLabel& label : thinnedLabels(
             grid_.rowLabels.get(), within(g.rowAt(sight.top()), g.rows),
             within(std::ceil(g.rowAt(sight.bottom())), g.rows), g.scale, kLabelDistance, rows)) {
        const double y = g.toPixel(static_cast<double>(label.position) + 0.5, 0).y();
        if (y < sight.top() || y > sight.bottom())
            continue;
        painter.setPen(label.emphasised ? colours.accent : colours.muted);
        painter.drawText(QRectF(sight.left() - 10 - room, y - 8, room, 16),
                         Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(label.text, Qt::ElideRight, room));
    }
    const double height = f.top - 14;
    for (const MapLabel& label :
         thinnedLabels(grid_.columnLabels.get(), within(g.columnAt(sight.left()), g.columns),
                       within(std::ceil(g.columnAt(sight.right())), g.columns), g.scale,
                       kLabelDistance, columns)) {
        const double x = g.toPixel(0, static_cast<double>(label.position) + 0.5).x();
        if (x < sight.left() || x > sight.right())
            continue;
        painter.save();
        painter.setPen(label.emphasised ? colours.accent : colours.muted);
        painter.translate(x, sight.top() - 10);
        painter.rotate(-90);
        painter.drawText(QRectF(0, -8, height, 16), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(label.text, Qt::ElideRight, height));
        painter.restore();
    }
    if (rowName_.isEmpty() && columnName_.isEmpty())
        return;
    painter.setFont(theme::uiFont(11));
    painter.setPen(colours.muted);
    const QRectF corner(sight.left() - f.left, sight.top() - f.top, f.left - 12, f.top - 6);
    painter.drawText(corner, Qt::AlignRight | Qt::AlignBottom,
                     tr("%1 →\n%2 ↓").arg(columnName_, rowName_));
}

void MapView::paintLegend(QPainter& painter, const MapGeometry& g, const Frame& f)
{
    const QRectF sight = g.visible();
    const LegendWords words = weightLegend(table_.scale(), hatched_);
    if (f.legendBeside)
        paintLegendBeside(painter, sight, table_, words);
    else
        paintLegendLine(painter,
                        QRectF(QPointF(sight.left(), f.area.bottom() + 12),
                               QPointF(f.area.right(), f.area.bottom() + 28)),
                        table_, words);
}

} // namespace vitrine
