#pragma once

#include "core/quant/vision/code_grid.h"

#include <span>

namespace vitrine::quant
{

// GELU from codes to codes: of each code of the input's grid, lowest first, the code of the output,
// halves up and at the ends of its grid where it lies beyond. Grids have up to 8 bits, the output
// is signed; neither has factors of channels.
// x / 2 (1 + erf(x / sqrt 2)), computed in double precision.
std::vector<std::int8_t> geluTable(const CodeGrid& input, const CodeGrid& output);

// I-ViT's ShiftGELU (Li and Gu 2023) in whole numbers: x times sigmoid(1.702 x), for x in units of
// `scale` the result in units of scale / 128. `largest` is what the released code takes from the
// row of x, to keep exponentials below 1; at least x and 0.
//
//   sigmoid = floor(e(x - largest) f / 2^24),
//   f = floor((2^31 - 1) / (e(x - largest) + e(-largest))),
//
// with e of n = 23 steps; of fewer where scale < 2^-4, so that f keeps three bits at least (ours:
// in the released code f falls to 1, with up to half of the sigmoid lost). scale: 2^-12 .. 2^3.
// |x|, largest < 2^15.
std::int64_t shiftGelu(std::int64_t x, std::int64_t largest, double scale);
// A table as above. Scales are powers of two, zeros are 0. Every code is a row of its own, its
// largest the greater of it and 0.
std::vector<std::int8_t> shiftGeluTable(const CodeGrid& input, const CodeGrid& output);

} // namespace vitrine::quant
