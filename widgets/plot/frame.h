#pragma once

#include <QPointF>
#include <QRectF>

#include "core/figure/figure.h"

namespace vitrine::plot
{

// Where the data lies on the drawing: the rectangle between the axes and what its sides stand for.
struct Frame {
    QRectF rect; // logical pixels
    figure::Range x, y;
    bool logX = false, logY = false;
    bool reversedX = false, reversedY = false;

    double pixelX(double value) const; // non-positive values on a logarithmic axis lie far outside
    double pixelY(double value) const;
    double valueX(double pixel) const;
    double valueY(double pixel) const;
    Frame part(const QRectF& place) const; // what of it lies there
    QPointF at(double vx, double vy) const { return {pixelX(vx), pixelY(vy)}; }
};

} // namespace vitrine::plot
