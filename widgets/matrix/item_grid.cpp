#include "widgets/matrix/item_grid.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kSmallest = 28, kLargest = 76, kRanked = 52;

} // namespace

ItemGrid::ItemGrid(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
}

void ItemGrid::setNames(const QString& row, const QString& column, const QString& score)
{
    rowName_ = row;
    columnName_ = column;
    scoreName_ = score;
    describe();
}

void ItemGrid::setItems(std::vector<GridItem> items, int pictureSide, bool ranked)
{
    side_ = pictureSide;
    ranked_ = ranked;
    if (ranked_)
        std::ranges::stable_sort(items, [](const GridItem& a, const GridItem& b) {
            return a.score > b.score || (!std::isnan(a.score) && std::isnan(b.score));
        });
    cells_.clear();
    for (GridItem& item : items)
        cells_.push_back({.item = std::move(item)});
    pictures_.clear();
    arrange();
    describe();
}

void ItemGrid::setScale(const ColourScale& scale)
{
    if (scale == scale_)
        return;
    scale_ = scale;
    pictures_.clear();
    update();
}

void ItemGrid::setSelected(ItemId id)
{
    selected_ = id;
    describe();
    update();
}

void ItemGrid::setPinned(std::vector<ItemId> pinned)
{
    pinned_ = std::move(pinned);
    update();
}

void ItemGrid::setChosen(std::set<ItemId> chosen)
{
    choosable_ = true;
    chosen_ = std::move(chosen);
    describe();
    update();
}

void ItemGrid::setRoom(QSize room, int scrollBar)
{
    if (room == room_ && scrollBar == scrollBar_)
        return;
    room_ = room;
    scrollBar_ = scrollBar;
    arrange();
}

int ItemGrid::heightOf(int thumb, int lines) const
{
    return (ranked_ ? 2 : kTop) + lines * (thumb + kScore + (ranked_ ? kScore : 0) + kGap) + 2;
}

int ItemGrid::columnsIn(int width) const
{
    return std::max(1, (width + kGap) / (kRanked + kGap));
}

void ItemGrid::fitRanked()
{
    thumb_ = kRanked;
    columns_ = columnsIn(room_.width());
    const int lines = (static_cast<int>(cells_.size()) + columns_ - 1) / columns_;
    if (heightOf(kRanked, lines) > room_.height())
        columns_ = columnsIn(room_.width() - scrollBar_);
}

void ItemGrid::fitRows(int across, int lines)
{
    const auto filling = [&](int width) {
        return std::clamp((width - 2 - kLabel + kGap) / across - kGap, kSmallest, kLargest);
    };
    columns_ = across;
    thumb_ = filling(room_.width());
    if (lines == 0 || heightOf(thumb_, lines) <= room_.height())
        return;
    const int fittingHeight = (room_.height() - heightOf(0, 0)) / lines - (kScore + kGap);
    thumb_ = std::max(fittingHeight, filling(room_.width() - scrollBar_));
}

void ItemGrid::arrange()
{
    int across = 1, rows = 0, rowBefore = -1;
    highest_ = 1e-9;
    for (const Cell& cell : cells_) {
        across = std::max(across, cell.item.id.column + 1);
        rows += cell.item.id.row != std::exchange(rowBefore, cell.item.id.row);
        if (std::isfinite(cell.item.score))
            highest_ = std::max(highest_, cell.item.score);
    }
    const int before = thumb_;
    ranked_ ? fitRanked() : fitRows(across, rows);
    lines_ = 0;
    int lastRow = -1;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        Cell& cell = cells_[i];
        if (ranked_) {
            cell.line = static_cast<int>(i) / columns_;
            cell.column = static_cast<int>(i) % columns_;
        } else {
            cell.line = cell.item.id.row == lastRow ? lines_ - 1 : lines_;
            cell.column = cell.item.id.column;
            lastRow = cell.item.id.row;
        }
        lines_ = cell.line + 1;
    }
    if (before != thumb_)
        pictures_.clear();
    size_ = QSize((ranked_ ? 0 : kLabel) + columns_ * (thumb_ + kGap) - kGap + 2,
                  heightOf(thumb_, lines_));
    resize(size_);
    updateGeometry();
    update();
}

QRect ItemGrid::rectOf(const Cell& cell) const
{
    const int height = thumb_ + kScore + (ranked_ ? kScore : 0);
    return {(ranked_ ? 2 : kLabel) + cell.column * (thumb_ + kGap),
            (ranked_ ? 2 : kTop) + cell.line * (height + kGap), thumb_, height};
}

QRect ItemGrid::tickRectOf(const Cell& cell) const
{
    return {rectOf(cell).topLeft() + QPoint(2, 2), QSize(kTick, kTick)};
}

QRect ItemGrid::cellOf(ItemId id) const
{
    const auto found = std::ranges::find(cells_, id, [](const Cell& cell) { return cell.item.id; });
    return found == cells_.end() ? QRect() : rectOf(*found);
}

QRect ItemGrid::tickOf(ItemId id) const
{
    const auto found = std::ranges::find(cells_, id, [](const Cell& cell) { return cell.item.id; });
    return found == cells_.end() ? QRect() : tickRectOf(*found);
}

const ItemGrid::Cell* ItemGrid::at(QPoint point) const
{
    const auto found = std::ranges::find_if(
        cells_, [&](const Cell& cell) { return rectOf(cell).contains(point); });
    return found == cells_.end() ? nullptr : &*found;
}

QString ItemGrid::nameOf(ItemId id) const
{
    return QStringLiteral("%1 %2 · %3 %4")
        .arg(rowName_)
        .arg(id.row)
        .arg(columnName_)
        .arg(id.column);
}

void ItemGrid::describe()
{
    for (const Cell& cell : cells_)
        if (cell.item.id == selected_)
            setAccessibleDescription(
                tr("Selected %1, %2 %3%4. Arrow keys select, P pins%5.")
                    .arg(nameOf(selected_), scoreName_.toLower(), scoreText(cell.item.score, 4),
                         !choosable_                   ? QString()
                         : chosen_.contains(selected_) ? tr(", chosen")
                                                       : tr(", not chosen"),
                         choosable_ ? tr(", Space chooses, dragging draws a lasso") : QString()));
}

bool ItemGrid::event(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        pictures_.clear(); // drawn again when they are seen
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    if (const Cell* cell = at(help->pos()))
        QToolTip::showText(help->globalPos(), cell->item.help, this, rectOf(*cell));
    return true;
}

void ItemGrid::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    pressed_ = true;
    lasso_ = QPainterPath(event->position());
    if (!choosable_)
        click(event->pos(), event->modifiers());
}

void ItemGrid::mouseMoveEvent(QMouseEvent* event)
{
    if (!pressed_ || !choosable_)
        return;
    const QPointF moved = event->position() - lasso_.elementAt(0);
    if (moved.manhattanLength() > QApplication::startDragDistance())
        lassoing_ = true;
    lasso_.lineTo(event->position());
    update();
}

void ItemGrid::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !std::exchange(pressed_, false))
        return;
    update();
    if (std::exchange(lassoing_, false))
        emit lassoed(caught(), event->modifiers());
    else if (choosable_)
        click(event->pos(), event->modifiers());
}

void ItemGrid::click(QPoint point, Qt::KeyboardModifiers modifiers)
{
    const Cell* cell = at(point);
    if (!cell)
        return;
    const ItemId id = cell->item.id; // the cell may be gone after a change
    if (choosable_ && cell->item.usable &&
        (tickRectOf(*cell).adjusted(-3, -3, 3, 3).contains(point) ||
         modifiers & Qt::ControlModifier))
        emit chosenToggled(id);
    else if (modifiers & Qt::ControlModifier)
        emit pinToggled(id);
    else
        emit selectionWished(id);
}

std::set<ItemId> ItemGrid::caught() const
{
    std::set<ItemId> found;
    QPainterPath closed = lasso_;
    closed.closeSubpath();
    for (const Cell& cell : cells_) {
        if (!cell.item.usable)
            continue;
        const QRectF place(rectOf(cell).topLeft(), QSize(thumb_, thumb_));
        bool inside = closed.contains(place.center());
        for (int i = 1; i < lasso_.elementCount() && !inside; ++i)
            inside = place.contains(lasso_.elementAt(i));
        if (inside)
            found.insert(cell.item.id);
    }
    return found;
}

void ItemGrid::moveTo(int line, int column)
{
    for (const Cell& cell : cells_)
        if (cell.line == line && cell.column == column) {
            const ItemId id = cell.item.id;
            emit selectionWished(id);
            return;
        }
}

void ItemGrid::keyPressEvent(QKeyEvent* event)
{
    const auto found =
        std::ranges::find(cells_, selected_, [](const Cell& cell) { return cell.item.id; });
    if (found == cells_.end())
        return QWidget::keyPressEvent(event);
    const int line = found->line, column = found->column;
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(column > 0 ? line : line - 1, column > 0 ? column - 1 : columns_ - 1);
    case Qt::Key_Right:
        return moveTo(column + 1 < columns_ ? line : line + 1,
                      column + 1 < columns_ ? column + 1 : 0);
    case Qt::Key_Up:
        return moveTo(line - 1, column);
    case Qt::Key_Down:
        return moveTo(line + 1, column);
    case Qt::Key_Home:
        return moveTo(0, 0);
    case Qt::Key_End:
        return moveTo(cells_.back().line, cells_.back().column);
    case Qt::Key_P:
        emit pinToggled(selected_);
        return;
    case Qt::Key_Space:
        if (choosable_ && found->item.usable)
            emit chosenToggled(selected_);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace vitrine
