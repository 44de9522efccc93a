#pragma once

#include "widgets/parallel/parallel_shown.h"

#include <QPointF>
#include <QRectF>

namespace vitrine::parallel
{

// What a press takes hold of: a title; of an axis an empty place, its brush, or an end of it.
enum class Grip { none, title, fresh, whole, upper, lower };

struct Gripped {
    Grip grip = Grip::none;
    int axis = -1;
};

// A title that follows the pointer: its centre.
struct MovedTitle {
    int axis = -1; // none
    double x = 0;
};

// Where axes, titles, brushes and rows of a plot of this size lie, and what is at a point. In
// pixels. Holds a reference: for the moment. Points of an axis need that axis to be there.
class Geometry
{
public:
    Geometry(const ShownData& shown, QSizeF size, MovedTitle moved = {});

    const ShownData& shown() const { return shown_; }
    QSizeF size() const { return size_; }
    QRectF field() const { return field_; } // from the first axis to the last
    double xOf(int axis) const;
    double yOf(double height) const; // of 0 (bottom) to 1
    double heightAt(double y) const; // back, clamped
    QPointF pointOn(int axis, double value) const;
    QRectF titleOf(int axis) const;
    bool isMoved(int axis) const { return axis == moved_.axis; }
    QRectF brushOf(int axis) const; // empty: not brushed

    int axisNear(QPointF point) const;  // -1: none
    int titleNear(QPointF point) const; // -1: none
    int rowNear(QPointF point) const;   // a kept one, -1: none
    int placeNear(double x) const;      // of the axis that stands nearest
    Gripped gripAt(QPointF point) const;

private:
    const ShownData& shown_;
    QSizeF size_;
    MovedTitle moved_;
    QRectF field_;
    double gap_; // between two axes; of one axis: the whole width
};

} // namespace vitrine::parallel
