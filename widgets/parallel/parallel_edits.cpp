#include "widgets/parallel/parallel_edits.h"

#include <QObject>

#include <algorithm>

namespace vitrine::parallel
{
namespace
{

constexpr double kStep = 0.02; // of an axis, by arrow key

const Axis& axisOf(const ShownData& shown, int axis)
{
    return *shown.axis(axis).axis;
}

QString withLabel(const QString& text, const Axis& axis)
{
    return text.arg(QString::fromStdString(axis.label));
}

} // namespace

Edit brushed(const ShownData& shown, int axis, figure::Range brush, const QString& way)
{
    const Axis& one = axisOf(shown, axis);
    State state = shown.state();
    state.brushes[one.name] = brush;
    return {state, withLabel(QObject::tr("Brush %1"), one),
            way.isEmpty() ? way : way + '-' + QString::fromStdString(one.name)};
}

std::optional<Edit> brushRemoved(const ShownData& shown, int axis)
{
    State state = shown.state();
    if (state.brushes.erase(axisOf(shown, axis).name) == 0)
        return {};
    return Edit{state, QObject::tr("Remove brush")};
}

std::optional<Edit> brushesRemoved(const ShownData& shown)
{
    State state = shown.state();
    if (state.brushes.empty())
        return {};
    state.brushes.clear();
    return Edit{state, QObject::tr("Remove all brushes")};
}

std::optional<Edit> axisMoved(const ShownData& shown, int from, int to)
{
    if (from == to || to < 0 || to >= shown.count())
        return {};
    State state = shown.state();
    state.order = shown.names();
    const std::string name = state.order[static_cast<std::size_t>(from)];
    state.order.erase(state.order.begin() + from);
    state.order.insert(state.order.begin() + to, name);
    return Edit{state, QObject::tr("Move axis"), QStringLiteral("axis-order")};
}

Edit axisTurnedOver(const ShownData& shown, int axis)
{
    const Axis& one = axisOf(shown, axis);
    State state = shown.state();
    if (state.flipped.erase(one.name) == 0)
        state.flipped.insert(one.name);
    return {state, withLabel(QObject::tr("Turn %1 over"), one)};
}

Edit colouredBy(const ShownData& shown, int axis)
{
    const Axis& one = axisOf(shown, axis);
    State state = shown.state();
    state.colour = state.colour == one.name ? std::string() : one.name;
    return {state, withLabel(QObject::tr("Colour by %1"), one)};
}

std::optional<Edit> axisHidden(const ShownData& shown, int axis)
{
    if (shown.count() < 2)
        return {};
    State state = shown.state();
    state.order = shown.names();
    state.order.erase(state.order.begin() + axis);
    state.brushes.erase(axisOf(shown, axis).name); // a brush that nobody sees would surprise
    return Edit{state, QObject::tr("Hide axis")};
}

Edit axisAdded(const ShownData& shown, const std::string& name)
{
    State state = shown.state();
    state.order = shown.names();
    state.order.push_back(name);
    return {state, QObject::tr("Show axis")};
}

figure::Range freshBrush(const ShownAxis& axis)
{
    return {axis.value(0.25), axis.value(0.75)};
}

figure::Range draggedBrush(const ShownAxis& axis, Grip grip, figure::Range before, double from,
                           double to)
{
    const double then = axis.flipped ? 1 - from : from, now = axis.flipped ? 1 - to : to;
    if (grip == Grip::fresh)
        return {axis.value(std::min(now, then)), axis.value(std::max(now, then))};
    if (grip == Grip::whole) {
        const double low = axis.height(before.low), high = axis.height(before.high);
        const double way = std::clamp(now - then, -low, 1 - high);
        return {axis.value(low + way), axis.value(high + way)};
    }
    const double end = grip == Grip::upper ? before.low : before.high; // the other one
    return {std::min(end, axis.value(now)), std::max(end, axis.value(now))};
}

figure::Range steppedBrush(const ShownAxis& axis, Grip part, figure::Range brush, int steps)
{
    double low = axis.height(brush.low), high = axis.height(brush.high);
    double way = steps * kStep * (axis.flipped ? -1 : 1);
    if (part == Grip::whole) {
        way = std::clamp(way, -low, 1 - high);
        low += way;
        high += way;
    } else {
        double& end = part == Grip::upper ? high : low;
        end = std::clamp(end + way, 0.0, 1.0);
    }
    return {axis.value(std::min(low, high)), axis.value(std::max(low, high))};
}

} // namespace vitrine::parallel
