#pragma once

#include "core/quant/vision/rounding.h"

#include <algorithm>
#include <bit>
#include <cstdint>

namespace vitrine::quant
{

// How a whole sum on one grid becomes a code on another: round(sum * multiplier / 2^shift). With a
// multiplier of 1 it is a pure shift (P²-ViT, eq. 6); the shift may then be below 0.
struct Requantizer {
    std::int64_t multiplier = 1; // 1, or 2^30 .. 2^31 - 1
    int shift = 0;               // -31 .. 62

    bool isShift() const { return multiplier == 1; }
    double factor() const { return std::ldexp(static_cast<double>(multiplier), -shift); } // exact

    friend bool operator==(const Requantizer&, const Requantizer&) = default;
};

// The shift for a factor that is a power of two.
Requantizer shiftRequantizer(double factor);
// M * 2^-n with a multiplier of 31 bits nearest to a factor in 2^-31 .. 2^29 (Trio-ViT's; Jacob et
// al. 2018, section 2.2); the factor's relative error is at most 2^-31.
Requantizer multiplyRequantizer(double factor);

// In whole numbers. |sum| < 2^31. Half-way up as a shifter does, without the ends of any grid.
inline std::int64_t requantized(std::int64_t sum, Requantizer by)
{
    if (by.shift <= 0)
        return sum * by.multiplier * (std::int64_t{1} << -by.shift);
    return (sum * by.multiplier + (std::int64_t{1} << (by.shift - 1))) >> by.shift;
}
inline std::int64_t requantized(std::int64_t sum, Requantizer by, std::int64_t low,
                                std::int64_t high)
{
    return std::clamp(requantized(sum, by), low, high);
}

// The same in double precision, by another way: exact for |sum| < 2^31 and |result| < 2^50,
// whatever the multiplier. `halfEven` rounds as published simulations do.
double requantizedInDoubles(double sum, Requantizer by, Rounding rounding);

} // namespace vitrine::quant
