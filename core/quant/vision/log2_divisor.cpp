#include "core/quant/vision/log2_divisor.h"

#include "core/quant/vision/requantizer.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{

int log2Divisor(double d, Log2Rule rule)
{
    assert(d > 0 && std::isfinite(d));
    int exponent = 0;
    const double m = 2 * std::frexp(d, &exponent); // d = m 2^(exponent - 1), 1 <= m < 2
    // d / 2^i > 2^(i + 1) / d, in the released code; m m - 2 has the true sign in a fused step.
    const bool up = rule == Log2Rule::geometric ? std::fma(m, m, -2.0) > 0 : m >= 1.5;
    return std::clamp(exponent - 1 + (up ? 1 : 0), kLeastLog2, kMostLog2);
}

int log2Divisor(std::int64_t divisor, Log2Rule rule)
{
    assert(divisor >= 1);
    const auto i = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(divisor))) - 1;
    if (i > kMostLog2)
        return kMostLog2;
    const bool up = rule == Log2Rule::geometric ? divisor * divisor > std::int64_t{1} << (2 * i + 1)
                                                : i > 0 && (divisor >> (i - 1) & 1) == 1;
    return std::min(i + (up ? 1 : 0), kMostLog2);
}

double dividedByLog2(double dividend, double divisor, Log2Rule rule)
{
    return divisor == 0 ? 0 : std::ldexp(dividend, -log2Divisor(divisor, rule));
}

std::int64_t dividedByLog2(std::int64_t dividend, std::int64_t divisor, Log2Rule rule,
                           int fractionBits)
{
    if (divisor == 0)
        return 0;
    return requantized(dividend, {.shift = log2Divisor(divisor, rule) - fractionBits});
}

} // namespace vitrine::quant
