#pragma once

#include "core/base/result.h"
#include "core/quant/vision/code_grid.h"
#include "core/quant/vision/requantizer.h"

#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// Hardswish, x min(max(x + 3, 0), 6) / 6, on numbers with a binary point: X stands for
// x = X 2^-fraction, -2^15 <= X < 2^15, fraction 0 .. 13. The answer has twice as many digits
// behind the point. 1/6 is 10923 / 2^16, which is right to 2^-15 of itself, so the answer is off by
// at most 2^-15 |hardswish(x)| + 2^-(2 fraction + 1).
std::int64_t wholeHardSwish(std::int64_t x, int fraction);
// The same in double precision, by the formula; equal, not nearly.
double wholeHardSwishInDoubles(double x, int fraction);

// The most digits behind the point, 0 .. 13, with which 16 bits hold -largest .. largest. Input
// error beyond 2^15.
Result<int> fractionOf(double largest);

// From a 16-bit number to a code: Hardswish, minus the centre of the channel (filter-wise
// shifting), divided by its factor (channel-wise migration), on the output's grid. One rounding
// after that of Hardswish.
struct HardSwishUnit {
    int fraction = 8;
    CodeGrid output;
    std::vector<Requantizer> by;       // of each channel: 2^-(2 fraction) / (scale factor_c)
    std::vector<std::int64_t> centres; // of each channel, 2 fraction digits behind the point

    // x as it is: whole numbers of 16 bits.
    CodeGrid input() const
    {
        return {.bits = 16, .isSigned = true, .scale = std::ldexp(1.0, -fraction)};
    }
    std::int64_t code(std::int64_t x, std::size_t channel) const;
    double codeInDoubles(double x, std::size_t channel) const; // the same
};
// `factors` above 0; no output has channels' shifts. Input error where a requantizer or a centre
// has no room for what is asked; it names the channel.
Result<HardSwishUnit> hardSwishUnit(int fraction, const CodeGrid& output,
                                    std::span<const double> factors,
                                    std::span<const double> centres);

// Another way, for inputs of few bits: the output's code for each input code from the lowest on, of
// (hardswish(x) - centre) / factor. Right to half a step of the output, but the input's steps are
// as coarse as its grid.
std::vector<std::int32_t> hardSwishTable(const CodeGrid& input, const CodeGrid& output,
                                         double factor = 1, double centre = 0);

} // namespace vitrine::quant
