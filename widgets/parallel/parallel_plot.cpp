#include "widgets/parallel/parallel_plot.h"

#include "core/base/parallel.h"

#include "core/figure/ticks.h"

#include <QApplication>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine::parallel
{
namespace
{

constexpr double kLeft = 62, kRight = 48, kTop = 48, kBottom = 16; // around the axes, pixels
constexpr double kReach = 12;                                      // of an axis
constexpr double kEndReach = 5;                                    // of a brush's end
constexpr double kLineReach = 6;

} // namespace

ParallelPlot::ParallelPlot(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Parallel coordinates"));
    setToolTip({});
    arrange();
}

void ParallelPlot::setData(Data data)
{
    shown_.clear(); // points into the data
    data_ = std::move(data);
    hovered_ = -1;
    drag_ = {};
    arrange();
}

void ParallelPlot::setState(const State& state)
{
    state_ = state;
    arrange();
}

// Heights of all rows are kept where the axis is as before: a step of a brush changes none.
void ParallelPlot::showAxes()
{
    std::vector<Shown> before = std::exchange(shown_, {});
    std::vector<std::size_t> fresh;
    bool same = true;
    for (const Axis* axis : shownAxes(data_, state_)) {
        const bool flipped = state_.flipped.contains(axis->name);
        const auto known = std::ranges::find_if(before, [&](const Shown& each) {
            return each.axis == axis && each.flipped == flipped;
        });
        same = same && known - before.begin() == static_cast<std::ptrdiff_t>(shown_.size());
        if (known != before.end()) {
            shown_.push_back(std::move(*known));
            known->axis = nullptr;
        } else {
            fresh.push_back(shown_.size());
            shown_.push_back({axis, {}, {}, flipped});
        }
    }
    parallelFor(fresh.size(), [&](std::size_t i) {
        Shown& each = shown_[fresh[i]];
        each.range = rangeOf(*each.axis);
        each.heights = heightsOf(*each.axis, each.range, each.flipped);
    });
    if (!same || shown_.size() != before.size() || before.empty())
        all_ = {};
}

void ParallelPlot::arrange()
{
    showAxes();
    kept_ = keptRows(data_, state_);
    keptCount_ = static_cast<std::size_t>(std::ranges::count(kept_, 1));
    current_ = std::clamp(current_, 0, std::max(0, static_cast<int>(shown_.size()) - 1));
    if (hovered_ >= static_cast<int>(kept_.size()))
        hovered_ = -1;
    rows_ = {};
    describe();
    update();
}

QString ParallelPlot::describedAxis() const
{
    if (shown_.empty())
        return {};
    const Shown& shown = shown_[static_cast<std::size_t>(current_)];
    const figure::Range* brush = brushOf(current_);
    const auto words = [&](double value) {
        return QString::fromStdString(valueText(*shown.axis, value));
    };
    return tr(" Axis %1 of %2: %3, %4.")
        .arg(current_ + 1)
        .arg(shown_.size())
        .arg(QString::fromStdString(figure::quantityTitle(shown.axis->label, shown.axis->unit)),
             brush ? tr("brushed from %1 to %2").arg(words(brush->low), words(brush->high))
                   : tr("not brushed"));
}

void ParallelPlot::describe()
{
    setAccessibleDescription(
        tr("%1 of %2 rows kept.%3 Left and Right choose an axis, Enter brushes it, Up and Down "
           "move the brush, Delete removes it, Ctrl with Left and Right moves the axis.")
            .arg(keptCount_)
            .arg(data_.rows())
            .arg(describedAxis()));
}

QStringList ParallelPlot::axisNames() const
{
    QStringList names;
    for (const Shown& shown : shown_)
        names << QString::fromStdString(shown.axis->name);
    return names;
}

QRectF ParallelPlot::field() const
{
    return QRectF(rect()).adjusted(kLeft, kTop, -kRight, -kBottom);
}

double ParallelPlot::xOf(int axis) const
{
    const QRectF all = field();
    const auto gaps = static_cast<double>(shown_.size()) - 1;
    return gaps < 1 ? all.center().x() : all.left() + all.width() * axis / gaps;
}

double ParallelPlot::yOf(double height) const
{
    const QRectF all = field();
    return all.bottom() - height * all.height();
}

double ParallelPlot::heightAt(double y) const
{
    const QRectF all = field();
    return std::clamp((all.bottom() - y) / std::max(1.0, all.height()), 0.0, 1.0);
}

QPointF ParallelPlot::pointOn(int axis, double value) const
{
    const Shown& shown = shown_[static_cast<std::size_t>(axis)];
    const double height = heightOf(*shown.axis, shown.range, value);
    return {xOf(axis), yOf(shown.flipped ? 1 - height : height)};
}

QRectF ParallelPlot::titleOf(int axis) const
{
    const double x =
        drag_.grip == Grip::title && drag_.moved && drag_.axis == axis ? drag_.at.x() : xOf(axis);
    const double gap = shown_.size() < 2 ? field().width()
                                         : field().width() / static_cast<double>(shown_.size() - 1);
    // Centred over its axis, also at the edges.
    const double room = 2 * std::min(xOf(axis), width() - xOf(axis)) - 8;
    const double needs = std::clamp(std::min(gap - 8, room), 24.0, 150.0);
    return {x - needs / 2, 6, needs, kTop - 16};
}

const figure::Range* ParallelPlot::brushOf(int axis) const
{
    const auto found = state_.brushes.find(shown_[static_cast<std::size_t>(axis)].axis->name);
    return found == state_.brushes.end() ? nullptr : &found->second;
}

QRectF ParallelPlot::brushRect(int axis) const
{
    const figure::Range* brush = brushOf(axis);
    if (!brush)
        return {};
    const auto inField = [&](double value) {
        return std::clamp(pointOn(axis, value).y(), field().top(), field().bottom());
    };
    const double a = inField(brush->low), b = inField(brush->high);
    return {xOf(axis) - 7, std::min(a, b) - 1, 14, std::abs(a - b) + 2};
}

int ParallelPlot::axisNear(QPointF point) const
{
    if (point.y() < kTop - 8 || point.y() > height() - kBottom + 8)
        return -1;
    for (int axis = 0; axis < static_cast<int>(shown_.size()); ++axis)
        if (std::abs(point.x() - xOf(axis)) <= kReach)
            return axis;
    return -1;
}

int ParallelPlot::titleNear(QPointF point) const
{
    for (int axis = 0; axis < static_cast<int>(shown_.size()); ++axis)
        if (titleOf(axis).contains(point))
            return axis;
    return -1;
}

int ParallelPlot::rowNear(QPointF point) const
{
    if (shown_.size() < 2 || !field().contains(point))
        return -1;
    const double gap = xOf(1) - xOf(0);
    const auto left =
        std::min(static_cast<std::size_t>((point.x() - xOf(0)) / gap), shown_.size() - 2);
    const auto share = static_cast<float>((point.x() - xOf(static_cast<int>(left))) / gap);
    const auto height = static_cast<float>((field().bottom() - point.y()) / field().height());
    const std::vector<float>&from = shown_[left].heights, &to = shown_[left + 1].heights;
    auto nearest = static_cast<float>(kLineReach / std::max(1.0, field().height()));
    int found = -1;
    for (std::size_t row = 0; row < kept_.size(); ++row) {
        const float away = std::abs(from[row] + share * (to[row] - from[row]) - height);
        if (kept_[row] && away < nearest) { // false for a row without a value
            nearest = away;
            found = static_cast<int>(row);
        }
    }
    return found;
}

QString ParallelPlot::readingText() const
{
    if (hovered_ < 0)
        return {};
    QStringList lines;
    for (const Shown& shown : shown_) {
        const double value = shown.axis->values[static_cast<std::size_t>(hovered_)];
        QString line = QString::fromStdString(shown.axis->label + "  ") +
                       QString::fromStdString(valueText(*shown.axis, value));
        if (!shown.axis->unit.empty() && shown.axis->unit != "1" && !std::isnan(value))
            line += QChar(0x2009) + QString::fromStdString(shown.axis->unit);
        lines << line;
    }
    return lines.join('\n');
}

ParallelPlot::Drag ParallelPlot::gripAt(QPointF point) const
{
    Drag drag{.grip = Grip::none, .axis = axisNear(point), .from = point, .at = point, .brush = {}};
    if (drag.axis < 0) {
        drag.axis = titleNear(point);
        drag.grip = drag.axis < 0 ? Grip::none : Grip::title;
        return drag;
    }
    const figure::Range* brush = brushOf(drag.axis);
    drag.grip = Grip::fresh;
    if (!brush)
        return drag;
    drag.brush = *brush;
    const QRectF box = brushRect(drag.axis);
    const bool flipped = shown_[static_cast<std::size_t>(drag.axis)].flipped;
    if (std::abs(point.y() - box.top()) <= kEndReach)
        drag.grip = flipped ? Grip::lower : Grip::upper;
    else if (std::abs(point.y() - box.bottom()) <= kEndReach)
        drag.grip = flipped ? Grip::upper : Grip::lower;
    else if (box.top() < point.y() && point.y() < box.bottom())
        drag.grip = Grip::whole;
    return drag;
}

void ParallelPlot::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    drag_ = gripAt(event->position());
    if (drag_.axis >= 0)
        current_ = drag_.axis;
    describe();
    update();
}

void ParallelPlot::mouseMoveEvent(QMouseEvent* event)
{
    pointer_ = event->position();
    if (event->buttons() & Qt::LeftButton && drag_.grip != Grip::none) {
        if ((pointer_ - drag_.from).manhattanLength() >= QApplication::startDragDistance())
            drag_.moved = true;
        if (drag_.moved)
            dragTo(pointer_);
        return;
    }
    const Grip grip = gripAt(pointer_).grip;
    setCursor(grip == Grip::title                          ? Qt::OpenHandCursor
              : grip == Grip::upper || grip == Grip::lower ? Qt::SizeVerCursor
              : grip == Grip::whole                        ? Qt::SizeAllCursor
              : grip == Grip::fresh                        ? Qt::CrossCursor
                                                           : Qt::ArrowCursor);
    const int row = grip == Grip::none ? rowNear(pointer_) : -1;
    if (row != hovered_ || row >= 0)
        update();
    hovered_ = row;
}

void ParallelPlot::dragTo(QPointF point)
{
    drag_.at = point;
    if (drag_.grip == Grip::title)
        return update();
    const Shown& shown = shown_[static_cast<std::size_t>(drag_.axis)];
    const auto height = [&](double y) { return shown.flipped ? 1 - heightAt(y) : heightAt(y); };
    const auto value = [&](double h) { return valueAt(*shown.axis, shown.range, h); };
    const double now = height(point.y()), then = height(drag_.from.y());
    figure::Range brush = drag_.brush;
    if (drag_.grip == Grip::fresh)
        brush = {value(std::min(now, then)), value(std::max(now, then))};
    else if (drag_.grip == Grip::whole) {
        const double low = heightOf(*shown.axis, shown.range, brush.low);
        const double high = heightOf(*shown.axis, shown.range, brush.high);
        const double way = std::clamp(now - then, -low, 1 - high);
        brush = {value(low + way), value(high + way)};
    } else {
        const double end = drag_.grip == Grip::upper ? brush.low : brush.high;
        brush = {std::min(end, value(now)), std::max(end, value(now))};
    }
    wishBrush(drag_.axis, brush, QStringLiteral("brush-drag"));
}

void ParallelPlot::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    const Drag drag = std::exchange(drag_, {});
    if (drag.grip == Grip::title && drag.moved) {
        const double gap = shown_.size() < 2 ? 1 : xOf(1) - xOf(0);
        const auto to = static_cast<int>(std::lround((event->position().x() - xOf(0)) / gap));
        wishOrder(drag.axis, std::clamp(to, 0, static_cast<int>(shown_.size()) - 1));
    } else if (!drag.moved && (drag.grip == Grip::fresh || drag.grip == Grip::whole)) {
        if (brushOf(drag.axis))
            wishBrush(drag.axis, {}, {});
    } else if (drag.grip == Grip::none && hovered_ >= 0)
        emit rowClicked(hovered_);
    update();
}

void ParallelPlot::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (const int axis = titleNear(event->position());
        event->button() == Qt::LeftButton && axis >= 0)
        wishFlip(axis);
}

void ParallelPlot::leaveEvent(QEvent*)
{
    hovered_ = -1;
    update();
}

void ParallelPlot::resizeEvent(QResizeEvent*)
{
    rows_ = all_ = {};
}

void ParallelPlot::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange) {
        rows_ = all_ = {};
        update();
    }
    QWidget::changeEvent(event);
}

void ParallelPlot::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    update();
}

} // namespace vitrine::parallel
