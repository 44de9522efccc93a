#include "core/quant/vision/requantizer.h"

#include "core/quant/vision/code_grid.h"

#include <cassert>
#include <cmath>

namespace vitrine::quant
{

Requantizer shiftRequantizer(double factor)
{
    assert(isPowerOfTwo(factor));
    int exponent = 0;
    std::frexp(factor, &exponent); // factor = 0.5 * 2^exponent
    return {1, 1 - exponent};
}

Requantizer multiplyRequantizer(double factor)
{
    int exponent = 0;
    const double mantissa = std::frexp(factor, &exponent); // 0.5 .. 1
    assert(factor > 0);
    auto multiplier = std::llround(std::ldexp(mantissa, 31));
    if (multiplier == std::int64_t{1} << 31) {
        multiplier >>= 1;
        ++exponent;
    }
    return {multiplier, 31 - exponent};
}

double requantizedInDoubles(double sum, Requantizer by, Rounding rounding)
{
    // The product of two numbers of 31 bits has up to 62: what the first double loses, a fused
    // multiply-add finds.
    const auto multiplier = std::ldexp(static_cast<double>(by.multiplier), -by.shift);
    const double product = sum * multiplier;
    const double lost = std::fma(sum, multiplier, -product);
    const double below = std::floor(product);
    // Distance to the half-way point, of both parts.
    const double above = (product - below - 0.5) + lost;
    if (product - below + lost < 0) // the true product lies just below a whole number
        return below;
    if (above > 0)
        return below + 1;
    if (above < 0)
        return below;
    return rounding == Rounding::halfUp ? below + 1 : std::fmod(below, 2) == 0 ? below : below + 1;
}

} // namespace vitrine::quant
