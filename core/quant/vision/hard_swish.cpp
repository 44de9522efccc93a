#include "core/quant/vision/hard_swish.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr int kMostFraction = 13;
constexpr std::int64_t kSixth = 10923; // / 2^16

} // namespace

std::int64_t wholeHardSwish(std::int64_t x, int fraction)
{
    assert(x >= -32768 && x < 32768 && fraction >= 0 && fraction <= kMostFraction);
    const std::int64_t one = std::int64_t{1} << fraction;
    const std::int64_t gate = std::clamp<std::int64_t>(x + 3 * one, 0, 6 * one);
    return (x * gate * kSixth + (1 << 15)) >> 16;
}

// |x| < 2^15, gate < 2^16 and kSixth < 2^14: the product is a whole number below 2^45, which a
// double holds; divided by 2^16 it is below 2^29 with 16 digits behind the point, and a half more
// still fits. Nothing is ever rounded before floor, so the two are equal.
double wholeHardSwishInDoubles(double x, int fraction)
{
    const double one = std::ldexp(1.0, fraction);
    const double gate = std::min(std::max(x + 3 * one, 0.0), 6 * one);
    return std::floor(x * gate * kSixth / 65536 + 0.5);
}

Result<int> fractionOf(double largest)
{
    for (int fraction = kMostFraction; fraction >= 0; --fraction)
        if (std::ldexp(largest, fraction) <= 32767)
            return fraction;
    return inputError("inputs of Hardswish reach {}, more than 16 bits hold", largest);
}

std::int64_t HardSwishUnit::code(std::int64_t x, std::size_t channel) const
{
    const std::int64_t sum = wholeHardSwish(x, fraction) - centres[channel];
    return requantized(sum, by[channel], output.low() - output.zero, output.high() - output.zero) +
           output.zero;
}

double HardSwishUnit::codeInDoubles(double x, std::size_t channel) const
{
    const double sum = wholeHardSwishInDoubles(x, fraction) - static_cast<double>(centres[channel]);
    return std::clamp(requantizedInDoubles(sum, by[channel], Rounding::halfUp) +
                          static_cast<double>(output.zero),
                      static_cast<double>(output.low()), static_cast<double>(output.high()));
}

Result<HardSwishUnit> hardSwishUnit(int fraction, const CodeGrid& output,
                                    std::span<const double> factors,
                                    std::span<const double> centres)
{
    assert(factors.size() == centres.size() && output.shifts.empty());
    HardSwishUnit unit{.fraction = fraction, .output = output, .by = {}, .centres = {}};
    for (std::size_t channel = 0; channel < factors.size(); ++channel) {
        const double factor = std::ldexp(1.0, -2 * fraction) / (output.scale * factors[channel]);
        const double centre = std::round(std::ldexp(centres[channel], 2 * fraction));
        if (!(factor >= std::ldexp(1.0, -31) && factor <= std::ldexp(1.0, 20)))
            return inputError("channel {}: a requantizer cannot multiply by {}", channel, factor);
        if (!(std::abs(centre) < std::ldexp(1.0, 30)))
            return inputError("channel {}: its centre {} does not fit beside Hardswish's 16 bits",
                              channel, centres[channel]);
        unit.by.push_back(multiplyRequantizer(factor));
        unit.centres.push_back(static_cast<std::int64_t>(centre));
    }
    return unit;
}

std::vector<std::int32_t> hardSwishTable(const CodeGrid& input, const CodeGrid& output,
                                         double factor, double centre)
{
    std::vector<std::int32_t> table;
    for (std::int64_t code = input.low(); code <= input.high(); ++code) {
        const double x = input.value(code);
        const double y = x * std::clamp(x + 3, 0.0, 6.0) / 6;
        table.push_back(
            static_cast<std::int32_t>(output.code((y - centre) / factor, Rounding::halfUp)));
    }
    return table;
}

} // namespace vitrine::quant
