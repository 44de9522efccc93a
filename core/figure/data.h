#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/figure.h"

#include <string>

namespace vitrine::figure
{

// All data of a figure as CSV (RFC 4180, UTF-8, shortest round-trip numbers), one line per point,
// bar, picture, cell, span or note:
//   kind,name,x,y,base,value,text
// Series points have x and y; bars x, y (their end) and base; grid cells x, y and value, those that
// are not drawn (NaN) left out; pictures x and y (their first pixel) and their size as text, no
// pixels; spans stand as from in x or y and to in base. A gap has an empty y.
std::string figureCsv(const Figure& figure);

// The whole figure as one object, ranges as drawn included; grids by their values, pictures without
// their pixels. For tests, and to keep a figure.
Json figureJson(const Figure& figure);

} // namespace vitrine::figure
