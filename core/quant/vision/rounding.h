#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace vitrine::quant
{

enum class Rounding {
    halfUp,   // floor(x + 0.5), what a shifter with a rounding bit does
    halfEven, // what PyTorch's round and the published simulations do
};

// The whole number next to x.
inline double rounded(double x, Rounding rounding)
{
    if (rounding == Rounding::halfEven)
        return std::nearbyint(x); // the rounding mode is never changed
    const double below = std::floor(x);
    return x - below >= 0.5 ? below + 1 : below;
}

// Whether the two roundings differ: x lies half-way above an even number.
inline bool isRoundedDifferently(double x)
{
    return rounded(x, Rounding::halfUp) != rounded(x, Rounding::halfEven);
}

} // namespace vitrine::quant
