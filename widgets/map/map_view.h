#pragma once

#include "widgets/map/colour_scale.h"
#include "widgets/map/map_geometry.h"
#include "widgets/map/tile_loader.h"

#include <QWidget>

#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace vitrine
{

// The entry under the mouse. Where the map is too small to show every cell, the block's leading
// one: what the pixel shows.
struct MapReading {
    MapCell cell;
    float value = std::nanf(""); // NaN: masked; figure::kNotFinite: not finite
    std::int64_t block = 1;      // cells per side that one shown cell stands for

    bool isOf(MapCell other) const // whether it is the reading of the other's block
    {
        return cell.row / block == other.row / block && cell.column / block == other.column / block;
    }
};

// A row or column marked in the margins.
struct MapMark {
    std::int64_t position = 0;
    int colour = 0;        // series colour
    bool selected = false; // drawn in the accent instead
};

// Tiled heat map of a grid of up to 32,768 x 32,768 cells. Wheel: zoom about the cursor (in a
// page that scrolls: with Ctrl or after a click); drag: pan; double click or 0: whole map;
// + and -: zoom; arrows: move the cell cursor (the map follows); Shift + arrows: pan; Enter: as a
// click. Painting never waits: a coarser level or the preview stands in until tiles arrive.
// Window's thread.
class MapView : public QWidget
{
    Q_OBJECT
public:
    MapView(MapCompute compute, QWidget* parent);

    void setGrid(MapGrid grid); // keeps window, marks and scale
    // The same with other values, as a live result brings them: what is shown stays until the new
    // tiles are there. A grid of another size is set anew.
    void replaceGrid(MapGrid grid);
    void setScale(const ColourScale& scale);
    void setWindow(const MapWindow& window);
    void setMarks(std::vector<MapMark> marks);
    void setLinkedCursor(std::optional<MapCell> cell); // crosshair of a linked map
    void setQuantity(const QString& text);             // what the colour means: "attention weight"
    void setAxisNames(const QString& row, const QString& column); // "query", "key"
    // A plain sentence instead of a map; empty: the map.
    void setNotice(const QString& sentence);

    const MapGrid& grid() const { return grid_; }
    const ColourScale& scale() const { return table_.scale(); }
    MapGeometry geometryOfMap() const; // pixels of this widget
    MapWindow window() const { return geometryOfMap().window; }
    QString notice() const { return notice_; }
    bool settled() const; // every tile in sight is there
    int level() const;    // pyramid level shown: stride 2^level
    std::optional<float>
    shownValue(MapCell cell) const; // of the tile that is painted there, if it has come
    QSize sizeHint() const override { return {480, 420}; }
    QSize minimumSizeHint() const override { return {140, 140}; }

signals:
    void windowEdited(const vitrine::MapWindow& window); // by a person; linked maps follow
    void hovered(const vitrine::MapReading& reading);
    void left();
    // The cell that is read out there: of a block of cells its leading one, once that is known.
    void cellClicked(const vitrine::MapCell& cell, Qt::KeyboardModifiers modifiers);
    void tileFailed(const QString& message);

protected:
    void paintEvent(QPaintEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Frame { // where things stand on the widget
        QRectF area, legend;
        bool legendBeside = true;
        double top = 0, left = 0; // widths of the margins
    };
    Frame frame() const;
    void edit(const MapWindow& window);
    void moveCursor(int rows, int columns);
    void readAt(MapCell cell);
    void readAgain(); // what is under the pointer, or the cursor, after the map moved
    void click(MapCell cell, Qt::KeyboardModifiers modifiers);
    bool isRead(MapCell cell) const; // its block is the one that is read out
    std::optional<MapCell> markedCell() const;
    void takeReading(const MapTile& tile, const std::vector<float>& values);
    std::vector<MapTile> tilesInSight(const MapGeometry& geometry, int level) const;
    void paintCells(QPainter& painter, const MapGeometry& geometry);
    void paintTile(QPainter& painter, const MapGeometry& geometry, const MapTile& tile, int level);
    void hatch(QPainter& painter, const QRectF& target, std::span<const float> values,
               std::int64_t width, std::int64_t height); // what is not finite of a picture
    bool paintFallback(QPainter& painter, const MapGeometry& geometry, const MapTile& tile,
                       int level);
    void paintCrosshair(QPainter& painter, const MapGeometry& geometry);
    void paintMarks(QPainter& painter, const MapGeometry& geometry);
    void paintMargins(QPainter& painter, const MapGeometry& geometry, const Frame& frame);
    void paintLegend(QPainter& painter, const MapGeometry& geometry, const Frame& frame);
    const QImage& imageOf(TileCache::Entry& entry);

    MapGrid grid_;
    ColourTable table_{ColourScale{}};
    std::uint64_t tableVersion_ = 1;
    QImage preview_;
    bool hatched_ = false; // something in sight is not finite
    TileLoader* loader_ = nullptr;
    MapWindow window_;
    std::vector<MapMark> marks_;
    std::optional<MapCell> cursor_, linkedCursor_; // cursor_: under the pointer, or moved by keys
    std::optional<QPointF> pointer_;               // while it is over the map
    std::optional<MapReading> reading_;
    std::optional<Qt::KeyboardModifiers> clickWaits_; // for the reading of its block
    QString quantity_, rowName_, columnName_, notice_;
    std::optional<QPointF> dragFrom_;
    bool dragged_ = false;
};

} // namespace vitrine
