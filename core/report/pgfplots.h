#pragma once

#include "core/report/document.h"

#include <string>
#include <string_view>

namespace vitrine::report
{

// Whether LaTeX can draw the figure itself: no grids and pictures, and few enough points that TeX's
// memory and patience last. What it cannot is included as a PDF of the drawing engine.
bool drawnByLatex(const figure::Figure& figure);

// The figure as a tikzpicture: axes, ranges, marks and legend as the window draws them, colours
// by the names of kLatexColours.
std::string pgfplots(const PlacedFigure& figure);

// \definecolor for the series colours of the design language (vitrine0 ... vitrine7, and
// vitrinemuted), on paper.
extern const std::string_view kLatexColours;

} // namespace vitrine::report
