#include "core/video/rate.h"

#include "core/base/format.h"

#include <cmath>
#include <fmt/format.h>

namespace vitrine::video
{
namespace
{

constexpr double kHighestRate = 1000;

std::optional<double> positiveReal(std::string_view text)
{
    const auto value = parseReal(text);
    return value && std::isfinite(*value) && *value > 0 ? value : std::nullopt;
}

} // namespace

// Continued fractions: the first convergent that is the number but for the last digits of a double.
Rate rateOf(double perSecond)
{
    constexpr double kLargest = 1e9, kClose = 1e-13;
    if (!(perSecond > 0) || perSecond > kLargest)
        return {};
    double rest = perSecond;
    double n0 = 1, d0 = 0, n1 = std::floor(rest), d1 = 1;
    for (int step = 0; step < 40; ++step) {
        const double fraction = rest - std::floor(rest);
        if (std::abs(n1 / d1 - perSecond) <= kClose * perSecond || fraction <= 0)
            break;
        rest = 1 / fraction;
        const double n2 = std::floor(rest) * n1 + n0, d2 = std::floor(rest) * d1 + d0;
        if (n2 > kLargest || d2 > kLargest)
            break;
        n0 = n1, d0 = d1, n1 = n2, d1 = d2;
    }
    return n1 > 0 ? Rate{static_cast<std::int64_t>(n1), static_cast<std::int64_t>(d1)} : Rate{};
}

Rate writtenRate(double perSecond)
{
    constexpr double kTwoDecimals = 0.0051;
    for (const int whole : {12, 15, 24, 30, 48, 60, 90, 96, 120, 240})
        if (std::abs(perSecond - whole * 1000.0 / 1001.0) < kTwoDecimals)
            return {whole * 1000, 1001};
    return rateOf(perSecond);
}

std::optional<Rate> parseRate(std::string_view text)
{
    const auto bar = text.find_first_of("/:");
    std::optional<Rate> rate;
    if (bar == std::string_view::npos) {
        if (const auto value = positiveReal(text))
            rate = writtenRate(*value);
    } else {
        const auto above = parseInteger(text.substr(0, bar));
        const auto below = parseInteger(text.substr(bar + 1));
        if (above && below && *above > 0 && *below > 0 && *above <= 1'000'000'000 &&
            *below <= 1'000'000'000)
            rate = Rate{*above, *below};
    }
    const bool isRate = rate && rate->numerator > 0 && rate->perSecond() <= kHighestRate;
    return isRate ? rate : std::nullopt;
}

std::string rateText(const Rate& rate)
{
    if (rate.denominator == 1)
        return std::to_string(rate.numerator);
    return fmt::format("{}/{} ({})", rate.numerator, rate.denominator,
                       significant(rate.perSecond()));
}

} // namespace vitrine::video
