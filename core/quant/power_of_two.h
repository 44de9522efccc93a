#pragma once

#include "core/tensor/kernels/power_term.h"

#include <array>

namespace vitrine::quant
{

inline constexpr int kMostTerms = 4;

// P(x) = sign(x) 2^round(log2 |x|), 0 for 0: nearest among logarithms, so 0.7072 goes up to 1.
// Below 2^-63 it is zero, above 2^63 it stays there.
kernels::PowerTerm nearestPower(double x);

// APoT_k(x): k times the nearest power of two of what is left (ShiftAddLLM, section 3). Later terms
// are often negative; those that are not needed are zero.
struct PowerSum {
    std::array<kernels::PowerTerm, kMostTerms> terms = {};
    float value = 0; // summed in single precision in the order of the terms, as kernels do
};
PowerSum additivePowers(double x, int terms);

} // namespace vitrine::quant
