#pragma once

#include <QPainter>

#include <vector>

#include "widgets/plot/frame.h"
#include "widgets/theme/palette.h"

// What stands between the axes, for any painter. Nothing is drawn outside frame.rect: painters of
// vector files do not clip.
namespace vitrine::plot
{

// Hatches the cells of a grid that are not finite.
void drawNotFinite(QPainter& painter, const figure::Grid& grid, const Frame& frame,
                   const theme::Palette& palette);
void drawSeries(QPainter& painter, const figure::Series& series, const Frame& frame,
                const theme::Palette& palette);
void drawBars(QPainter& painter, const figure::Bars& bars, const Frame& frame,
              const theme::Palette& palette);
void drawSpan(QPainter& painter, const figure::Span& span, const Frame& frame,
              const theme::Palette& palette);

// Where the words of each note stand, in the order of the notes; null where it gives way: words are
// not drawn over those of an earlier note, nor outside the axes. Marks of one letter never give
// way. Notes on cells stand in the middle, others beside their point.
std::vector<QRectF> notePlaces(const std::vector<figure::Annotation>& notes, const Frame& frame,
                               const std::vector<bool>& onCells = {});
// The captions under pictures.
void drawCaptions(QPainter& painter, const figure::Figure& figure, const Frame& frame,
                  const theme::Palette& palette);
// What stands in the text's colour is black or white on a cell or picture.
void drawAnnotations(QPainter& painter, const figure::Figure& figure, const Frame& frame,
                     const theme::Palette& palette);

// The sign of a legend entry, in `box`.
void drawKey(QPainter& painter, const figure::Series& series, const QRectF& box,
             const theme::Palette& palette);
void drawKey(QPainter& painter, const figure::Bars& bars, const QRectF& box,
             const theme::Palette& palette);
void drawKey(QPainter& painter, const figure::Span& span, const QRectF& box,
             const theme::Palette& palette);

} // namespace vitrine::plot
