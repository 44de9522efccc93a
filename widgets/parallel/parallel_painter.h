#pragma once

#include "widgets/parallel/parallel_geometry.h"

#include <QImage>

class QPainter;

namespace vitrine::parallel
{

// Rows are drawn line by line up to this many, else as a density.
inline constexpr std::size_t kMostLines = 2000;

// The rows, drawn once per change; pointer and brush frames are drawn above.
class RowLayer
{
public:
    const QImage& image(const Geometry& plot, qreal pixelRatio); // of its size, transparent
    void dropKept() { rows_ = {}; }                              // other rows are kept
    void drop() { rows_ = all_ = {}; }                           // axes, size or colours changed

private:
    QImage rows_; // empty: to be drawn
    QImage all_;  // the density of all rows, once for all steps of a brush; empty: when needed
};

// Where keyboard and pointer are.
struct Pointers {
    int current = -1; // the axis that has the keyboard; -1: none
    int hovered = -1; // row; -1: none
    QPointF pointer;
};

// Lines, ticks, titles, brushes and colours of the axes, and the row under the pointer.
void paintAxes(QPainter& painter, const Geometry& plot, const Pointers& pointers);

} // namespace vitrine::parallel
