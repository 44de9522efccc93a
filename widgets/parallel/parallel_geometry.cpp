#include "widgets/parallel/parallel_geometry.h"

#include <algorithm>
#include <cmath>

namespace vitrine::parallel
{
namespace
{

constexpr double kLeft = 62, kRight = 48, kTop = 48, kBottom = 16; // around the axes, pixels
constexpr double kReach = 12;                                      // of an axis
constexpr double kEndReach = 5;                                    // of a brush's end
constexpr double kLineReach = 6;

} // namespace

Geometry::Geometry(const ShownData& shown, QSizeF size, MovedTitle moved)
    : shown_(shown),
      size_(size),
      moved_(moved),
      field_(QRectF(QPointF(), size).adjusted(kLeft, kTop, -kRight, -kBottom)),
      gap_(field_.width() / std::max(1, shown.count() - 1))
{
}

double Geometry::xOf(int axis) const
{
    const int gaps = shown_.count() - 1;
    return gaps < 1 ? field_.center().x() : field_.left() + field_.width() * axis / gaps;
}

double Geometry::yOf(double height) const
{
    return field_.bottom() - height * field_.height();
}

double Geometry::heightAt(double y) const
{
    return std::clamp((field_.bottom() - y) / std::max(1.0, field_.height()), 0.0, 1.0);
}

QPointF Geometry::pointOn(int axis, double value) const
{
    const ShownAxis& shown = shown_.axis(axis);
    const double height = shown.height(value);
    return {xOf(axis), yOf(shown.flipped ? 1 - height : height)};
}

QRectF Geometry::titleOf(int axis) const
{
    const double x = axis == moved_.axis ? moved_.x : xOf(axis);
    // Centred over its axis, also at the edges.
    const double room = 2 * std::min(xOf(axis), size_.width() - xOf(axis)) - 8;
    const double needs = std::clamp(std::min(gap_ - 8, room), 24.0, 150.0);
    return {x - needs / 2, 6, needs, kTop - 16};
}

QRectF Geometry::brushOf(int axis) const
{
    const figure::Range* brush = shown_.brushOf(axis);
    if (!brush)
        return {};
    const auto inField = [&](double value) {
        return std::clamp(pointOn(axis, value).y(), field_.top(), field_.bottom());
    };
    const double a = inField(brush->low), b = inField(brush->high);
    return {xOf(axis) - 7, std::min(a, b) - 1, 14, std::abs(a - b) + 2};
}

int Geometry::axisNear(QPointF point) const
{
    if (point.y() < kTop - 8 || point.y() > size_.height() - kBottom + 8)
        return -1;
    for (int axis = 0; axis < shown_.count(); ++axis)
        if (std::abs(point.x() - xOf(axis)) <= kReach)
            return axis;
    return -1;
}

int Geometry::titleNear(QPointF point) const
{
    for (int axis = 0; axis < shown_.count(); ++axis)
        if (titleOf(axis).contains(point))
            return axis;
    return -1;
}

int Geometry::rowNear(QPointF point) const
{
    if (shown_.count() < 2 || !field_.contains(point))
        return -1;
    const double gap = xOf(1) - xOf(0);
    const int left = std::min(static_cast<int>((point.x() - xOf(0)) / gap), shown_.count() - 2);
    const auto share = static_cast<float>((point.x() - xOf(left)) / gap);
    const auto height = static_cast<float>((field_.bottom() - point.y()) / field_.height());
    const std::vector<float>&from = shown_.axis(left).heights, &to = shown_.axis(left + 1).heights;
    auto nearest = static_cast<float>(kLineReach / std::max(1.0, field_.height()));
    int found = -1;
    for (std::size_t row = 0; row < shown_.kept().size(); ++row) {
        const float away = std::abs(from[row] + share * (to[row] - from[row]) - height);
        if (shown_.kept()[row] && away < nearest) { // false for a row without a value
            nearest = away;
            found = static_cast<int>(row);
        }
    }
    return found;
}

int Geometry::placeNear(double x) const
{
    const double gap = shown_.count() < 2 ? 1 : xOf(1) - xOf(0);
    return std::clamp(static_cast<int>(std::lround((x - xOf(0)) / gap)), 0, shown_.count() - 1);
}

Gripped Geometry::gripAt(QPointF point) const
{
    const int axis = axisNear(point);
    if (axis < 0) {
        const int title = titleNear(point);
        return {title < 0 ? Grip::none : Grip::title, title};
    }
    const QRectF box = brushOf(axis);
    const bool flipped = shown_.axis(axis).flipped;
    if (!shown_.brushOf(axis))
        return {Grip::fresh, axis};
    if (std::abs(point.y() - box.top()) <= kEndReach)
        return {flipped ? Grip::lower : Grip::upper, axis};
    if (std::abs(point.y() - box.bottom()) <= kEndReach)
        return {flipped ? Grip::upper : Grip::lower, axis};
    return {box.top() < point.y() && point.y() < box.bottom() ? Grip::whole : Grip::fresh, axis};
}

} // namespace vitrine::parallel
