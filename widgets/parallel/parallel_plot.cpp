#include "widgets/parallel/parallel_plot.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>
#include <utility>

namespace vitrine::parallel
{
namespace
{

Qt::CursorShape cursorOf(Grip grip)
{
    return grip == Grip::title                          ? Qt::OpenHandCursor
           : grip == Grip::upper || grip == Grip::lower ? Qt::SizeVerCursor
           : grip == Grip::whole                        ? Qt::SizeAllCursor
           : grip == Grip::fresh                        ? Qt::CrossCursor
                                                        : Qt::ArrowCursor;
}

} // namespace

ParallelPlot::ParallelPlot(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Parallel coordinates"));
    setToolTip({});
    refresh();
}

void ParallelPlot::setData(Data data)
{
    shown_.setData(std::move(data));
    hovered_ = -1;
    drag_ = {};
    rows_.drop();
    refresh();
}

void ParallelPlot::setState(const State& state)
{
    if (shown_.setState(state))
        rows_.dropKept();
    else
        rows_.drop();
    refresh();
}

void ParallelPlot::refresh()
{
    if (hovered_ >= static_cast<int>(kept().size()))
        hovered_ = -1;
    choose(current_);
}

void ParallelPlot::choose(int axis)
{
    current_ = std::clamp(axis, 0, std::max(0, shown_.count() - 1));
    setAccessibleDescription(
        tr("%1 of %2 rows kept.%3 Left and Right choose an axis, Enter brushes it, Up and Down "
           "move the brush, Delete removes it, Ctrl with Left and Right moves the axis.")
            .arg(keptCount())
            .arg(data().rows())
            .arg(shown_.count() == 0 ? QString() : ' ' + axisText(shown_, current_)));
    update();
}

Geometry ParallelPlot::plotGeometry() const
{
    const bool moves = drag_.gripped.grip == Grip::title && drag_.moved;
    return {shown_, size(), moves ? MovedTitle{drag_.gripped.axis, drag_.at.x()} : MovedTitle{}};
}

QStringList ParallelPlot::axisNames() const
{
    QStringList names;
    for (const std::string& name : shown_.names())
        names << QString::fromStdString(name);
    return names;
}

void ParallelPlot::wish(const std::optional<Edit>& edit)
{
    if (edit)
        emit stateWished(edit->state, edit->label, edit->mergeKey);
}

void ParallelPlot::moveAxis(int from, int to)
{
    const auto edit = axisMoved(shown_, from, to);
    if (edit)
        current_ = to;
    wish(edit);
}

void ParallelPlot::paintEvent(QPaintEvent*)
{
    const theme::Palette& palette = theme::palette();
    QPainter painter(this);
    painter.fillRect(rect(), palette.surface);
    if (shown_.count() == 0) {
        painter.setFont(theme::uiFont());
        painter.setPen(palette.muted);
        painter.drawText(rect(), Qt::AlignCenter, tr("No column has more than one value."));
        return;
    }
    const Geometry plot = plotGeometry();
    painter.drawImage(QPoint(0, 0), rows_.image(plot, devicePixelRatioF()));
    paintAxes(painter, plot,
              {.current = hasFocus() ? current_ : -1, .hovered = hovered_, .pointer = pointer_});
}

void ParallelPlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    const QPointF at = event->position();
    drag_ = {.gripped = plotGeometry().gripAt(at), .from = at, .at = at, .brush = {}};
    const int axis = drag_.gripped.axis;
    if (const auto* brush = axis < 0 ? nullptr : shown_.brushOf(axis))
        drag_.brush = *brush;
    choose(axis < 0 ? current_ : axis);
}

void ParallelPlot::mouseMoveEvent(QMouseEvent* event)
{
    pointer_ = event->position();
    if (event->buttons() & Qt::LeftButton && drag_.gripped.grip != Grip::none) {
        if ((pointer_ - drag_.from).manhattanLength() >= QApplication::startDragDistance())
            drag_.moved = true;
        if (drag_.moved)
            dragTo(pointer_);
        return;
    }
    const Geometry plot = plotGeometry();
    const Grip grip = plot.gripAt(pointer_).grip;
    setCursor(cursorOf(grip));
    const int row = grip == Grip::none ? plot.rowNear(pointer_) : -1;
    if (row != hovered_ || row >= 0)
        update();
    hovered_ = row;
}

void ParallelPlot::dragTo(QPointF point)
{
    drag_.at = point;
    const auto [grip, axis] = drag_.gripped;
    if (grip == Grip::title)
        return update();
    const Geometry plot = plotGeometry();
    const figure::Range brush =
        draggedBrush(shown_.axis(axis), grip, drag_.brush, plot.heightAt(drag_.from.y()),
                     plot.heightAt(point.y()));
    wish(brushed(shown_, axis, brush, QStringLiteral("brush-drag")));
}

void ParallelPlot::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Drag drag = std::exchange(drag_, {});
    const auto [grip, axis] = drag.gripped;
    if (grip == Grip::title && drag.moved)
        moveAxis(axis, plotGeometry().placeNear(event->position().x()));
    else if (!drag.moved && (grip == Grip::fresh || grip == Grip::whole))
        wish(brushRemoved(shown_, axis));
    else if (grip == Grip::none && hovered_ >= 0)
        emit rowClicked(hovered_);
    update();
}

void ParallelPlot::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int axis = plotGeometry().titleNear(event->position());
        event->button() == Qt::LeftButton && axis >= 0)
        wish(axisTurnedOver(shown_, axis));
}

void ParallelPlot::leaveEvent(QEvent*)
{
    hovered_ = -1;
    update();
}

void ParallelPlot::resizeEvent(QResizeEvent*)
{
    rows_.drop();
}

void ParallelPlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        rows_.drop();
        update();
    }
    QWidget::changeEvent(event);
}

void ParallelPlot::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

void ParallelPlot::moveBrush(int steps, Qt::KeyboardModifiers modifiers)
{
    const ShownAxis& axis = shown_.axis(current_);
    const figure::Range* brush = shown_.brushOf(current_);
    if (!brush)
        return wish(brushed(shown_, current_, freshBrush(axis)));
    const bool upper = modifiers & Qt::ShiftModifier, lower = modifiers & Qt::ControlModifier;
    const Grip part = upper == lower          ? Grip::whole
                      : upper != axis.flipped ? Grip::upper
                                              : Grip::lower;
    wish(brushed(shown_, current_, steppedBrush(axis, part, *brush, steps),
                 QStringLiteral("brush-keys")));
}

void ParallelPlot::keyPressEvent(QKeyEvent* event)
{
    if (shown_.count() == 0)
        return QWidget::keyPressEvent(event);
    const bool control = event->modifiers() & Qt::ControlModifier;
    const int key = event->key(), to = current_ + (key == Qt::Key_Left ? -1 : 1);
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        return control ? moveAxis(current_, to) : choose(to);
    case Qt::Key_Up:
    case Qt::Key_Down:
        return moveBrush(key == Qt::Key_Up ? 1 : -1, event->modifiers());
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        return wish(shown_.brushOf(current_)
                        ? brushRemoved(shown_, current_)
                        : brushed(shown_, current_, freshBrush(shown_.axis(current_))));
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        return wish(brushRemoved(shown_, current_));
    case Qt::Key_F:
        return wish(axisTurnedOver(shown_, current_));
    case Qt::Key_C:
        return wish(colouredBy(shown_, current_));
    case Qt::Key_H:
        return wish(axisHidden(shown_, current_));
    case Qt::Key_Escape:
        if (!state().brushes.empty())
            return wish(brushesRemoved(shown_));
    }
    QWidget::keyPressEvent(event);
}

void ParallelPlot::addHiddenAxes(QMenu& menu)
{
    auto* hidden = new QMenu(tr("Show axis"), &menu);
    const auto shown = shown_.names();
    for (const Axis& axis : data().axes)
        if (std::ranges::find(shown, axis.name) == shown.end())
            hidden->addAction(QString::fromStdString(axis.label), this,
                              [this, name = axis.name] { wish(axisAdded(shown_, name)); });
    hidden->setEnabled(!hidden->isEmpty());
    menu.addMenu(hidden);
}

void ParallelPlot::contextMenuEvent(QContextMenuEvent* event)
{
    if (shown_.count() == 0)
        return;
    if (event->reason() == QContextMenuEvent::Mouse) {
        const Geometry plot = plotGeometry();
        const int axis = std::max(plot.axisNear(event->pos()), plot.titleNear(event->pos()));
        current_ = axis < 0 ? current_ : axis;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString name = QString::fromStdString(shown_.axis(current_).axis->label);
    const auto add = [&](const QString& text, auto act) {
        return menu->addAction(text, this, [this, act] { wish(act(shown_, current_)); });
    };
    add(tr("Turn %1 over").arg(name), &axisTurnedOver);
    add(tr("Colour by %1").arg(name), &colouredBy);
    add(tr("Hide %1").arg(name), &axisHidden)->setEnabled(shown_.count() > 1);
    addHiddenAxes(*menu);
    menu->addSeparator();
    add(tr("Remove brush of %1").arg(name), &brushRemoved)
        ->setEnabled(shown_.brushOf(current_) != nullptr);
    menu->addAction(tr("Remove all brushes"), this, [this] { wish(brushesRemoved(shown_)); })
        ->setEnabled(!state().brushes.empty());
    menu->addSeparator();
    menu->addAction(tr("Export figure…"), this, [this] { emit exportWished(); });
    menu->popup(event->globalPos());
}

} // namespace vitrine::parallel
