#pragma once

#include "core/figure/figure.h"

namespace vitrine::figure
{

// The figure as it is drawn: names, labels and ticks may come from what a run stored and be of any
// length; here they are cut to what a drawing can show, before anything is laid out.
Figure withShortTexts(Figure figure);

} // namespace vitrine::figure
