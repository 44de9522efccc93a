#include "core/quant/power_of_two.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace vitrine::quant
{

using kernels::PowerTerm;

PowerTerm nearestPower(double x)
{
    if (x == 0)
        return {};
    int exponent = 0;
    if (std::frexp(std::abs(x), &exponent) < std::numbers::sqrt2 / 2)
        --exponent;
    if (exponent < PowerTerm::kLeastExponent)
        return {};
    return PowerTerm(x < 0, std::min(exponent, PowerTerm::kMostExponent));
}

PowerSum additivePowers(double x, int terms)
{
    assert(std::isfinite(x) && terms >= 1 && terms <= kMostTerms);
    PowerSum sum;
    for (int t = 0; t < terms; ++t) {
        const PowerTerm term = nearestPower(x);
        sum.terms[static_cast<std::size_t>(t)] = term;
        sum.value += term.value();
        x -= static_cast<double>(term.value());
    }
    return sum;
}

} // namespace vitrine::quant
