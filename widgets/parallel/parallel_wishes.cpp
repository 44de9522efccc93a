// What a person can wish of the plot, by key, menu and mouse: each is a new state.
#include "widgets/parallel/parallel_plot.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>

#include <algorithm>

namespace vitrine::parallel
{
namespace
{

constexpr double kStep = 0.02; // of an axis, by arrow key

QString nameOf(const Axis& axis)
{
    return QString::fromStdString(axis.label);
}

} // namespace

void ParallelPlot::wishBrush(int axis, std::optional<figure::Range> brush, const QString& merge)
{
    const Axis& one = *shown_[static_cast<std::size_t>(axis)].axis;
    State state = state_;
    if (brush)
        state.brushes[one.name] = *brush;
    else
        state.brushes.erase(one.name);
    emit stateWished(state, brush ? tr("Brush %1").arg(nameOf(one)) : tr("Remove brush"),
                     merge.isEmpty() ? merge : merge + '-' + QString::fromStdString(one.name));
}

void ParallelPlot::wishOrder(int from, int to)
{
    if (from == to || to < 0 || to >= static_cast<int>(shown_.size()))
        return;
    State state = state_;
    state.order.clear();
    for (const Shown& shown : shown_)
        state.order.push_back(shown.axis->name);
    const std::string name = state.order[static_cast<std::size_t>(from)];
    state.order.erase(state.order.begin() + from);
    state.order.insert(state.order.begin() + to, name);
    current_ = to;
    emit stateWished(state, tr("Move axis"), QStringLiteral("axis-order"));
}

void ParallelPlot::wishFlip(int axis)
{
    const Axis& one = *shown_[static_cast<std::size_t>(axis)].axis;
    State state = state_;
    if (state.flipped.erase(one.name) == 0)
        state.flipped.insert(one.name);
    emit stateWished(state, tr("Turn %1 over").arg(nameOf(one)), {});
}

void ParallelPlot::wishColour(int axis)
{
    const Axis& one = *shown_[static_cast<std::size_t>(axis)].axis;
    State state = state_;
    state.colour = state.colour == one.name ? std::string() : one.name;
    emit stateWished(state, tr("Colour by %1").arg(nameOf(one)), {});
}

void ParallelPlot::wishHidden(int axis, bool hidden, const std::string& name)
{
    State state = state_;
    state.order.clear();
    for (int i = 0; i < static_cast<int>(shown_.size()); ++i)
        if (!hidden || i != axis)
            state.order.push_back(shown_[static_cast<std::size_t>(i)].axis->name);
    if (!hidden)
        state.order.push_back(name);
    else // a brush that nobody sees would surprise
        state.brushes.erase(shown_[static_cast<std::size_t>(axis)].axis->name);
    if (!state.order.empty())
        emit stateWished(state, hidden ? tr("Hide axis") : tr("Show axis"), {});
}

void ParallelPlot::wishNoBrushes()
{
    if (state_.brushes.empty())
        return;
    State state = state_;
    state.brushes.clear();
    emit stateWished(state, tr("Remove all brushes"), {});
}

// The middle half, to be moved from there.
void ParallelPlot::startBrush()
{
    const Shown& shown = shown_[static_cast<std::size_t>(current_)];
    wishBrush(current_,
              figure::Range{valueAt(*shown.axis, shown.range, 0.25),
                            valueAt(*shown.axis, shown.range, 0.75)},
              {});
}

// Up is up on the screen, on an axis that was turned over too.
void ParallelPlot::moveBrush(int steps, Qt::KeyboardModifiers modifiers)
{
    const figure::Range* brush = brushOf(current_);
    if (!brush)
        return startBrush();
    const Shown& shown = shown_[static_cast<std::size_t>(current_)];
    double low = heightOf(*shown.axis, shown.range, brush->low);
    double high = heightOf(*shown.axis, shown.range, brush->high);
    double way = steps * kStep * (shown.flipped ? -1 : 1);
    const bool upper = modifiers & Qt::ShiftModifier, lower = modifiers & Qt::ControlModifier;
    if (upper != lower) {
        double& end = upper != shown.flipped ? high : low;
        end = std::clamp(end + way, 0.0, 1.0);
    } else {
        way = std::clamp(way, -low, 1 - high);
        low += way;
        high += way;
    }
    wishBrush(current_,
              figure::Range{valueAt(*shown.axis, shown.range, std::min(low, high)),
                            valueAt(*shown.axis, shown.range, std::max(low, high))},
              QStringLiteral("brush-keys"));
}

bool ParallelPlot::axisKey(int key)
{
    switch (key) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        brushOf(current_) ? wishBrush(current_, {}, {}) : startBrush();
        return true;
    case Qt::Key_Delete:
    case Qt::Key_Backspace:
        if (brushOf(current_))
            wishBrush(current_, {}, {});
        return true;
    case Qt::Key_F:
        wishFlip(current_);
        return true;
    case Qt::Key_C:
        wishColour(current_);
        return true;
    case Qt::Key_H:
        wishHidden(current_, true);
        return true;
    default:
        return false;
    }
}

void ParallelPlot::keyPressEvent(QKeyEvent* event)
{
    if (shown_.empty())
        return QWidget::keyPressEvent(event);
    const int key = event->key();
    if (key == Qt::Key_Left || key == Qt::Key_Right) {
        const int to = current_ + (key == Qt::Key_Left ? -1 : 1);
        if (event->modifiers() & Qt::ControlModifier)
            return wishOrder(current_, to);
        current_ = std::clamp(to, 0, static_cast<int>(shown_.size()) - 1);
        describe();
        update();
    } else if (key == Qt::Key_Up || key == Qt::Key_Down)
        moveBrush(key == Qt::Key_Up ? 1 : -1, event->modifiers());
    else if (key == Qt::Key_Escape && !state_.brushes.empty())
        wishNoBrushes();
    else if (!axisKey(key))
        QWidget::keyPressEvent(event);
}

void ParallelPlot::addHiddenAxes(QMenu& menu)
{
    auto* hidden = new QMenu(tr("Show axis"), &menu);
    for (const Axis& axis : data_.axes) {
        if (std::ranges::any_of(shown_, [&](const Shown& one) { return one.axis == &axis; }))
            continue;
        hidden->addAction(nameOf(axis), this,
                          [this, name = axis.name] { wishHidden(-1, false, name); });
    }
    hidden->setEnabled(!hidden->isEmpty());
    menu.addMenu(hidden);
}

void ParallelPlot::contextMenuEvent(QContextMenuEvent* event)
{
    if (shown_.empty())
        return;
    if (event->reason() == QContextMenuEvent::Mouse) {
        const int axis = std::max(axisNear(event->pos()), titleNear(event->pos()));
        current_ = axis < 0 ? current_ : axis;
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const QString name = nameOf(*shown_[static_cast<std::size_t>(current_)].axis);
    const auto add = [&](const QString& text, auto act) {
        return menu->addAction(text, this, act);
    };
    add(tr("Turn %1 over").arg(name), [this] { wishFlip(current_); });
    add(tr("Colour by %1").arg(name), [this] { wishColour(current_); });
    add(tr("Hide %1").arg(name), [this] {
        wishHidden(current_, true);
    })->setEnabled(shown_.size() > 1);
    addHiddenAxes(*menu);
    menu->addSeparator();
    add(tr("Remove brush of %1").arg(name), [this] {
        wishBrush(current_, {}, {});
    })->setEnabled(brushOf(current_) != nullptr);
    add(tr("Remove all brushes"), [this] { wishNoBrushes(); })->setEnabled(!state_.brushes.empty());
    menu->addSeparator();
    add(tr("Export figure…"), [this] { emit exportWished(); });
    menu->popup(event->globalPos());
}

} // namespace vitrine::parallel
