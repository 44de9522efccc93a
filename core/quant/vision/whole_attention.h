#pragma once

#include "core/base/result.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/linear_attention.h"
#include "core/quant/vision/requantizer.h"

#include <cstdint>
#include <span>

namespace vitrine::quant
{

// Grids of one head's numbers (Trio-ViT, section 5: 8 bits each, one quantizer per scale branch).
struct HeadGrids {
    CodeGrid q, k, v; // the three may be one
    CodeGrid context, keySums, divisors, dividends, outputs;
};

enum class HeadDivision {
    log2Geometric,  // 8-bit divisors become 4-bit logarithms; a shift divides
    log2Arithmetic, // the same by the hardware's rule
    integer,        // an integer divider with 16 binary digits behind the point, half-way up
};

// A head of linear attention in whole numbers:
//   q' = max(q, z_q) - z_q, k' likewise (ReLU), v' = v - z_v
//   context = k'^T v', keySums = sum k', each to its grid; divisors = q' keySums and dividends =
//   q' context to theirs; outputs = dividends / divisors to theirs.
// A divisor whose code is that of 0 gives outputs of 0: Trio-ViT's epsilon, 1e-5, is far below the
// step of a divisor.
struct WholeHead {
    HeadGrids grids;
    HeadDivision division = HeadDivision::log2Arithmetic;
    Requantizer toContext = {}, toKeySums = {}, toDivisors = {}, toDividends = {}, toOutputs = {};
};

// dividend / divisor before it becomes a code, of numbers without zero points; 0 for a divisor of
// 0.
double quotientInDoubles(HeadDivision division, double dividend, double divisor);
// The same as a code of the outputs' grid, in whole numbers.
std::int64_t wholeOutput(const WholeHead& head, std::int64_t dividend, std::int64_t divisor);

// Input error, which names the grid, where one of what is computed has no code for 0 or channels'
// shifts, more than 12 bits (divisors 9), a requantizer would be outside its range, or a sum over
// so many tokens, or channels, can leave 32 bits.
Result<WholeHead> wholeHead(const HeadGrids& grids, HeadDivision division, HeadSize size);

// q, k, v are codes [tokens, dim] of their grids, and so are the values of the answer.
HeadValues<std::int64_t> runWholeHead(const WholeHead& head, HeadSize size,
                                      std::span<const std::int32_t> q,
                                      std::span<const std::int32_t> k,
                                      std::span<const std::int32_t> v);

// The same in double precision, by another way; equal with halves up. `halfEven` rounds every
// requantization as published simulations do.
HeadValues<double> runWholeHeadInDoubles(const WholeHead& head, HeadSize size,
                                         std::span<const double> q, std::span<const double> k,
                                         std::span<const double> v,
                                         Rounding rounding = Rounding::halfUp);

} // namespace vitrine::quant
