#pragma once

#include "core/figure/figure.h"
#include "widgets/parallel/parallel_data.h"

namespace vitrine::parallel
{

// The plot for paper: the axes' names under upright lines, least and greatest value at their ends,
// rows as lines (kept ones in colour, the others muted), or as a grid of lines per cell where more
// than `mostLines` are kept. Title, caption and recipe are the caller's.
figure::Figure figureOf(const Data& data, const State& state, std::size_t mostLines);

} // namespace vitrine::parallel
