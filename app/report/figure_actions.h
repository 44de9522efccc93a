#pragma once

#include "core/base/result.h"
#include "core/figure/figure.h"

#include <QString>

namespace vitrine
{

// To the clipboard: a picture and the same as SVG.
void copyFigure(const figure::Figure& figure);

// As the ending of `path` says: pdf, svg, png, or csv (the numbers behind it).
Result<void> writeFigure(const figure::Figure& figure, const QString& path);

} // namespace vitrine
