#include "widgets/map/map_view.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "widgets/theme/wheel.h"

#include <algorithm>
#include <utility>

namespace vitrine
{

MapView::MapView(MapCompute compute, QWidget* parent)
    : QWidget(parent), loader_(new TileLoader(std::move(compute), this))
{
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleDescription(
        tr("Heat map. Arrow keys move the cell cursor, Shift and arrow keys pan, "
           "plus and minus zoom, 0 shows the whole map, Enter selects."));
    connect(loader_, &TileLoader::arrived, this, qOverload<>(&QWidget::update));
    connect(loader_, &TileLoader::failed, this, &MapView::tileFailed);
    connect(loader_, &TileLoader::wasRead, this, &MapView::takeReading);
}

void MapView::setGrid(MapGrid grid)
{
    grid_ = std::move(grid);
    cursor_.reset();
    reading_.reset();
    clickWaits_.reset();
    loader_->setSource(grid_.tile);
    setScale(table_.scale());
    preview_ = {};
    update();
}

void MapView::replaceGrid(MapGrid grid)
{
    if (grid.rows != grid_.rows || grid.columns != grid_.columns || !grid.tile || !grid_.tile)
        return setGrid(std::move(grid));
    grid_ = std::move(grid);
    loader_->replaceSource(grid_.tile);
    preview_ = {};
    if (cursor_)
        readAt(MapCell(*cursor_));
    update();
}

void MapView::setScale(const ColourScale& scale)
{
    if (scale == table_.scale())
        return;
    table_ = ColourTable(scale);
    ++tableVersion_;
    preview_ = {};
    update();
}

void MapView::setWindow(const MapWindow& window)
{
    if (window == window_)
        return;
    window_ = window;
    readAgain();
    update();
}

void MapView::setMarks(std::vector<MapMark> marks)
{
    marks_ = std::move(marks);
    update();
}

void MapView::setLinkedCursor(std::optional<MapCell> cell)
{
    if (cell == linkedCursor_)
        return;
    linkedCursor_ = cell;
    update();
}

void MapView::setQuantity(const QString& text)
{
    quantity_ = text;
    update();
}

void MapView::setAxisNames(const QString& row, const QString& column)
{
    rowName_ = row;
    columnName_ = column;
    update();
}

void MapView::setNotice(const QString& sentence)
{
    notice_ = sentence;
    update();
}

MapView::Frame MapView::frame() const
{
    const QRectF inside = QRectF(rect()).adjusted(2, 2, -2, -2);
    const bool roomy = std::min(inside.width(), inside.height()) > 260;
    Frame frame;
    frame.top = roomy ? 68 : 46;
    frame.left = roomy ? 80 : 58;
    frame.legendBeside = inside.width() > 1.2 * inside.height();
    frame.area = inside.adjusted(frame.left, frame.top, frame.legendBeside ? -70 : -8,
                                 frame.legendBeside ? -8 : -36);
    // Where there is height to spare the map stands at the top, its legend close below.
    if (!frame.legendBeside && grid_.columns > 0)
        frame.area.setHeight(
            std::min(frame.area.height(), frame.area.width() * static_cast<double>(grid_.rows) /
                                              static_cast<double>(grid_.columns)));
    return frame;
}

MapGeometry MapView::geometryOfMap() const
{
    return mapGeometry(frame().area, grid_.rows, grid_.columns, window_);
}

int MapView::level() const
{
    const double pixelsPerCell = geometryOfMap().scale * devicePixelRatioF();
    return std::clamp(static_cast<int>(std::ceil(-std::log2(pixelsPerCell) - 1e-9)), 0,
                      kLevels - 1);
}

std::vector<MapTile> MapView::tilesInSight(const MapGeometry& g, int level) const
{
    std::vector<MapTile> tiles;
    const QRectF sight = g.visible();
    if (sight.isEmpty() || grid_.rows <= 0)
        return tiles;
    const auto border = [](double value, std::int64_t cells) {
        return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(value)), 0, cells - 1);
    };
    const std::int64_t span = tileSide(level) << level;
    const std::int64_t lastRow = border(g.rowAt(sight.bottom() - 1e-6), g.rows);
    const std::int64_t lastColumn = border(g.columnAt(sight.right() - 1e-6), g.columns);
    for (std::int64_t row = border(g.rowAt(sight.top()), g.rows) / span * span; row <= lastRow;
         row += span)
        for (std::int64_t column = border(g.columnAt(sight.left()), g.columns) / span * span;
             column <= lastColumn; column += span)
            tiles.push_back(tileAt(level, row, column, g.rows, g.columns));
    const auto away = [&](const MapTile& tile) {
        const QPointF middle =
            g.toPixel(static_cast<double>(tile.row) + static_cast<double>(tile.rows) / 2,
                      static_cast<double>(tile.column) + static_cast<double>(tile.columns) / 2);
        return (middle - g.area.center()).manhattanLength();
    };
    std::ranges::sort(tiles, {}, away);
    return tiles;
}

bool MapView::settled() const
{
    const auto tiles = tilesInSight(geometryOfMap(), level());
    return !notice_.isEmpty() || !grid_.tile ||
           std::ranges::all_of(tiles,
                               [&](const MapTile& tile) { return loader_->cache().has(tile); });
}

std::optional<float> MapView::shownValue(MapCell cell) const
{
    const MapTile tile = tileAt(level(), cell.row, cell.column, grid_.rows, grid_.columns);
    const TileCache::Entry* entry = loader_->cache().find(tile);
    if (!entry || entry->failed)
        return std::nullopt;
    const std::int64_t place = (cell.row - tile.row) / tile.stride * tile.width() +
                               (cell.column - tile.column) / tile.stride;
    return entry->values[static_cast<std::size_t>(place)];
}

void MapView::edit(const MapWindow& window)
{
    if (window == window_)
        return;
    setWindow(window);
    emit windowEdited(window);
}

bool MapView::isRead(MapCell cell) const
{
    return reading_ && reading_->block == std::int64_t{1} << level() && reading_->isOf(cell);
}

// One place for crosshair, margins, read-out and click.
std::optional<MapCell> MapView::markedCell() const
{
    if (!cursor_)
        return linkedCursor_;
    return isRead(*cursor_) ? reading_->cell : *cursor_;
}

void MapView::readAgain()
{
    if (!cursor_)
        return;
    if (!pointer_)
        return readAt(MapCell(*cursor_));
    if (const auto cell = geometryOfMap().cellAt(*pointer_))
        readAt(*cell);
    else
        leaveEvent(nullptr);
}

void MapView::click(MapCell cell, Qt::KeyboardModifiers modifiers)
{
    if (level() == 0)
        emit cellClicked(cell, modifiers);
    else if (isRead(cell))
        emit cellClicked(MapCell(reading_->cell), modifiers);
    else {
        readAt(cell);
        clickWaits_ = modifiers;
    }
}

void MapView::readAt(MapCell cell)
{
    cursor_ = cell;
    clickWaits_.reset();
    update();
    const std::int64_t block = std::int64_t{1} << level();
    const MapTile tile{.row = cell.row / block * block,
                       .column = cell.column / block * block,
                       .rows = std::min(block, grid_.rows - cell.row / block * block),
                       .columns = std::min(block, grid_.columns - cell.column / block * block),
                       .stride = 1};
    const auto shown = block == 1 ? shownValue(cell) : std::nullopt;
    if (shown)
        takeReading(tile, {*shown});
    else
        loader_->read(tile);
}

void MapView::takeReading(const MapTile& tile, const std::vector<float>& values)
{
    if (!cursor_ || cursor_->row < tile.row || cursor_->column < tile.column ||
        cursor_->row >= tile.row + tile.rows || cursor_->column >= tile.column + tile.columns)
        return; // the mouse is elsewhere by now
    const std::int64_t block = std::int64_t{1} << level();
    MapReading reading{.cell = *cursor_, .block = block};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto place = static_cast<std::int64_t>(i);
        if (std::isnan(values[i]) || std::abs(values[i]) <= std::abs(reading.value))
            continue;
        reading.value = values[i];
        reading.cell = {tile.row + place / tile.columns, tile.column + place % tile.columns};
    }
    reading_ = reading;
    update();
    const auto clicked = std::exchange(clickWaits_, std::nullopt);
    emit hovered(reading);
    if (clicked)
        emit cellClicked(reading.cell, *clicked);
}

void MapView::wheelEvent(QWheelEvent* event)
{
    if (theme::scrollsPage(*this, *event))
        return event->ignore();
    const QPoint turn = event->angleDelta();
    const MapGeometry g = geometryOfMap();
    if (event->modifiers() & Qt::ShiftModifier)
        edit(panned(g, QPointF(turn.x() + turn.y(), 0) * 0.5));
    else if (turn.y() != 0)
        edit(zoomed(g, event->position(), std::exp2(turn.y() / 240.0)));
    event->accept();
}

void MapView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    dragFrom_ = event->position();
    dragged_ = false;
}

void MapView::mouseMoveEvent(QMouseEvent* event)
{
    if (dragFrom_) {
        const QPointF moved = event->position() - *dragFrom_;
        if (!dragged_ && moved.manhattanLength() < QApplication::startDragDistance())
            return;
        dragged_ = true;
        dragFrom_ = event->position();
        edit(panned(geometryOfMap(), moved));
        return;
    }
    const auto cell = geometryOfMap().cellAt(event->position());
    if (cell && notice_.isEmpty()) {
        pointer_ = event->position();
        if (cursor_ != cell)
            readAt(*cell);
    } else if (cursor_) {
        leaveEvent(nullptr);
    }
}

void MapView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !dragFrom_)
        return;
    dragFrom_.reset();
    const auto cell = geometryOfMap().cellAt(event->position());
    if (dragged_)
        pointer_ = event->position();
    else if (cell)
        click(*cell, event->modifiers());
}

void MapView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        edit({});
}

void MapView::leaveEvent(QEvent*)
{
    pointer_.reset();
    if (!cursor_)
        return;
    cursor_.reset();
    reading_.reset();
    clickWaits_.reset();
    update();
    emit left();
}

void MapView::moveCursor(int rows, int columns)
{
    if (grid_.rows <= 0)
        return;
    const std::int64_t step = std::int64_t{1} << level();
    MapCell cell = cursor_.value_or(MapCell{0, 0});
    if (cursor_) {
        cell.row = std::clamp<std::int64_t>(cell.row + rows * step, 0, grid_.rows - 1);
        cell.column = std::clamp<std::int64_t>(cell.column + columns * step, 0, grid_.columns - 1);
    }
    pointer_.reset(); // the cursor goes with the keys now
    edit(revealed(geometryOfMap(), cell));
    readAt(cell);
}

void MapView::keyPressEvent(QKeyEvent* event)
{
    const MapGeometry g = geometryOfMap();
    const bool pan = event->modifiers() & Qt::ShiftModifier;
    const auto arrow = [&](int rows, int columns) {
        if (pan)
            edit(panned(g, QPointF(-columns * g.area.width(), -rows * g.area.height()) / 10));
        else
            moveCursor(rows, columns);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        return arrow(0, -1);
    case Qt::Key_Right:
        return arrow(0, 1);
    case Qt::Key_Up:
        return arrow(-1, 0);
    case Qt::Key_Down:
        return arrow(1, 0);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return edit(zoomed(g, g.visible().center(), std::sqrt(2.0)));
    case Qt::Key_Minus:
        return edit(zoomed(g, g.visible().center(), std::sqrt(0.5)));
    case Qt::Key_0:
        return edit({});
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (cursor_)
            click(MapCell(*cursor_), event->modifiers());
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void MapView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace vitrine
