#pragma once

#include <QRectF>
#include <QSize>

#include "core/figure/figure.h"

#include <memory>

class QCPPainter;
class QPaintDevice;
class QPainter;

namespace vitrine::plot
{

// Paints figures among other things on one device: pages of a report.
class PagePainter
{
public:
    explicit PagePainter(QPaintDevice& device);
    ~PagePainter(); // ends the painting

    QPainter& painter();

    // The figure into `where` (the painter's units) as renderFigure draws it: light, on white,
    // without title. `inch`: how many of these units an inch of paper has. `imageScale`: pixels of
    // a grid's image per 1/96 inch; 0: as for a vector file. `textScale`: how much larger than in
    // the window text and lines are.
    void drawFigure(const figure::Figure& figure, const QRectF& where, double inch,
                    double imageScale, double textScale);

private:
    std::unique_ptr<QCPPainter> painter_;
};

// The figure's size on paper in 1/96 inch, at least one that holds axes. Its own height has room
// for two lines of legend; more of them make it taller, so that the axes keep their size.
QSize paperSize(const figure::Figure& figure, double textScale);

} // namespace vitrine::plot
