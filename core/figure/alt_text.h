#pragma once

#include "core/figure/figure.h"

#include <string>

namespace vitrine::figure
{

// What those hear who do not see the figure: its own text; where it has none, what its pictures
// show: "Pictures: coat, taken for a shirt; bag; and 3 more". Empty where that is not known either.
std::string altTextOf(const Figure& figure);

} // namespace vitrine::figure
