#pragma once

#include <QString>

#include "widgets/plot/frame.h"

#include <optional>

namespace vitrine::plot
{

// What lies under the pointer; numbers as readOut() has them.
struct Reading {
    QPointF place; // the point or the middle of the cell, logical pixels
    double x = 0, y = 0;
    QString text; // one or several lines
};

// The bar, cell or picture under the pixel, else the nearest point of a series within 24 pixels.
std::optional<Reading> readingAt(const figure::Figure& figure, const Frame& frame, QPointF pixel);

} // namespace vitrine::plot
