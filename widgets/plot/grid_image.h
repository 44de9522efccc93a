#pragma once

#include <QImage>

#include "widgets/plot/frame.h"

namespace vitrine::plot
{

// The coloured cells of a grid that lie in the frame, `scale` image pixels to a logical one. Where
// several cells share a pixel the largest value is shown (the largest distance from zero with
// ColourMap::difference), so that a single bright column does not vanish; elsewhere the grid's
// upsampling says what is between the cells' centres. No cell and NaN are transparent, and so is
// what is not finite (core/figure/not_finite.h): it is hatched over it.
QImage gridImage(const figure::Grid& grid, const Frame& frame, double scale);

// Where all its cells lie, also beyond the frame: from the first one's corner, so that its width
// and height are negative where the axes run the other way.
QRectF placeOf(const figure::Grid& grid, const Frame& frame);

} // namespace vitrine::plot
