#include "core/figure/ticks.h"

#include "core/base/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::figure
{
namespace
{

// Smallest of 1, 2, 2.5, 5 times a power of ten that is about `step` or more.
double roundStep(double step)
{
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0})
        if (factor * power >= step * 0.8)
            return factor * power;
    return 10 * power;
}

int decimalsOf(double step)
{
    for (int decimals = 0; decimals < 12; ++decimals) {
        const double scaled = step * std::pow(10.0, decimals);
        if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled)
            return decimals;
    }
    return 12;
}

std::string superscript(int number)
{
    static constexpr std::array<const char*, 10> kDigits = {"⁰", "¹", "²", "³", "⁴",
                                                            "⁵", "⁶", "⁷", "⁸", "⁹"};
    std::string text = number < 0 ? "⁻" : "";
    for (const char c : std::to_string(std::abs(number)))
        text += kDigits[static_cast<std::size_t>(c - '0')];
    return text;
}

std::string numberLabel(double value, double step, double largest)
{
    if (std::abs(value) < step * 1e-6)
        return "0";
    const std::string sign = value < 0 ? "−" : "";
    if (largest >= 1e7 || largest < 1e-4) {
        const int exponent = static_cast<int>(std::floor(std::log10(largest) + 1e-9));
        const double unit = std::pow(10.0, exponent);
        return fmt::format("{}{:.{}f}·10{}", sign, std::abs(value) / unit, decimalsOf(step / unit),
                           superscript(exponent));
    }
    const int decimals = decimalsOf(step);
    if (decimals == 0)
        return sign + withThousands(fmt::format("{:.0f}", std::abs(value)));
    return sign + withThousands(fmt::format("{:.{}f}", std::abs(value), decimals));
}

Ticks linearTicks(Range range, int most)
{
    const double step = roundStep((range.high - range.low) / std::max(most, 2));
    const double largest = std::max(std::abs(range.low), std::abs(range.high));
    Ticks ticks;
    const double first = std::ceil(range.low / step - 1e-9);
    // Counted, so that it ends where a step is too small to move a large number.
    for (int i = 0; i <= 2 * std::max(most, 2); ++i) {
        const double value = (first + i) * step;
        if (!(value <= range.high + step * 1e-9))
            break;
        ticks.major.push_back({value, numberLabel(value, step, largest)});
    }
    return ticks;
}

// 1, 2 and 5 times the powers of ten, for a range of few decades.
Ticks fewDecades(Range range)
{
    Ticks ticks;
    const int first = static_cast<int>(std::floor(std::log10(range.low)));
    const int last = static_cast<int>(std::floor(std::log10(range.high) + 1e-9));
    for (int exponent = first; exponent <= last; ++exponent) {
        const double power = std::pow(10.0, exponent);
        for (int factor = 1; factor < 10; ++factor) {
            const double value = factor * power;
            if (value < range.low * (1 - 1e-9) || value > range.high * (1 + 1e-9))
                continue;
            if (factor == 1 || factor == 2 || factor == 5)
                ticks.major.push_back({value, numberLabel(value, power, value)});
            else
                ticks.minor.push_back(value);
        }
    }
    return ticks;
}

Ticks manyDecades(Range range, int most)
{
    const int first = static_cast<int>(std::ceil(std::log10(range.low) - 1e-9));
    const int last = static_cast<int>(std::floor(std::log10(range.high) + 1e-9));
    const int stride = (last - first) / std::max(most, 2) + 1;
    Ticks ticks;
    for (int exponent = first - 1; exponent <= last; ++exponent) {
        const double power = std::pow(10.0, exponent);
        if (exponent >= first && exponent % stride == 0)
            ticks.major.push_back({power, powerOfTen(exponent)});
        for (int factor = stride == 1 ? 2 : 10; factor < 10; ++factor)
            if (factor * power >= range.low && factor * power <= range.high)
                ticks.minor.push_back(factor * power);
    }
    return ticks;
}

Ticks logTicks(Range range, int most)
{
    const double decades = std::log10(range.high / range.low);
    if (decades < 0.7)
        return linearTicks(range, most);
    return 3 * decades <= most ? fewDecades(range) : manyDecades(range, most);
}

Ticks namedTicks(const std::vector<Axis::Tick>& all, Range range, int most)
{
    const auto within = [range](const Axis::Tick& tick) {
        return tick.position >= range.low && tick.position <= range.high;
    };
    const auto count = std::ranges::count_if(all, within);
    std::size_t stride = 1;
    for (std::size_t decade = 1;
         stride * static_cast<std::size_t>(std::max(most, 2)) < static_cast<std::size_t>(count);) {
        if (stride == decade * 5) // 1 2 5 10 20 50 ...
            decade *= 10, stride = decade;
        else
            stride = stride == decade ? decade * 2 : decade * 5;
    }
    Ticks ticks;
    for (std::size_t i = 0; i < all.size();
         i += stride) // from the first, so that panning does not change the choice
        if (within(all[i]))
            ticks.major.push_back(all[i]);
    std::ranges::sort(ticks.major, {}, &Axis::Tick::position);
    return ticks;
}

} // namespace

Ticks chooseTicks(const Axis& axis, Range range, int most)
{
    if (!(range.high > range.low))
        return {};
    if (!axis.ticks.empty())
        return namedTicks(axis.ticks, range, most);
    if (axis.scale == Scale::logarithmic)
        return range.low > 0 ? logTicks(range, most) : Ticks{};
    return linearTicks(range, most);
}

std::string quantityTitle(const std::string& label, const std::string& unit)
{
    if (unit.empty() || unit == "1")
        return label;
    return label.empty() ? fmt::format("({})", unit) : fmt::format("{} ({})", label, unit);
}

std::string axisTitle(const Axis& axis)
{
    return quantityTitle(axis.label, axis.unit);
}

std::string powerOfTen(int exponent)
{
    if (exponent >= 0 && exponent <= 2)
        return fmt::format("{:.0f}", std::pow(10.0, exponent));
    if (exponent == 3)
        return "1,000";
    if (exponent < 0 && exponent >= -2)
        return fmt::format("{:.{}f}", std::pow(10.0, exponent), -exponent);
    return "10" + superscript(exponent);
}

} // namespace vitrine::figure
