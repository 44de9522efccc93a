#include "core/base/number_text.h"

#include "core/base/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr int kReadOutDigits = 6;
constexpr int kMostExtraDecimals = 3;
constexpr int kSmallestDigits = 2; // significant ones of a column's smallest number

int decadeOf(double value)
{
    return static_cast<int>(std::floor(std::log10(std::abs(value))));
}

// Without the sign of "-0.00".
std::string fixedText(double value, int decimals)
{
    std::string text = fmt::format("{:.{}f}", value, decimals);
    if (text.find_first_not_of("-0.") == std::string::npos && text.starts_with('-'))
        text.erase(0, 1);
    return text;
}

} // namespace

std::string withTrueMinus(std::string number)
{
    for (std::size_t at = 0; (at = number.find('-', at)) != std::string::npos;)
        number.replace(at, 1, "−");
    return number;
}

std::string withThousands(std::string number)
{
    const std::size_t start = number.starts_with('-') ? 1 : 0;
    std::size_t end = std::min(number.find('.'), number.size());
    while (end > start + 3) {
        end -= 3;
        number.insert(end, ",");
    }
    return number;
}

std::string wholeText(std::int64_t value)
{
    return withTrueMinus(withThousands(std::to_string(value)));
}

std::string readOut(double value)
{
    constexpr double kExact = 9007199254740992; // 2^53: whole numbers up to here are exact
    if (std::abs(value) <= kExact && value == std::floor(value))
        return wholeText(static_cast<std::int64_t>(value));
    return significant(value, kReadOutDigits);
}

std::string signedText(double value, int decimals)
{
    if (!std::isfinite(value))
        return significant(value);
    const std::string text = withTrueMinus(withThousands(fixedText(value, decimals)));
    return value < 0 || std::isnan(value) ? text : "+" + text;
}

std::optional<int> commonDecimals(std::span<const double> column, int digits)
{
    double largest = 0, smallest = 0;
    for (const double value : column) {
        if (!std::isfinite(value) || value == 0)
            continue;
        largest = std::max(largest, std::abs(value));
        smallest = smallest == 0 ? std::abs(value) : std::min(smallest, std::abs(value));
    }
    if (largest == 0 && std::ranges::find(column, 0.0) != column.end())
        return 0;
    if (!(largest >= 1e-4) || largest >= 1e12)
        return std::nullopt;
    const int least = std::max(0, digits - 1 - decadeOf(largest));
    int decimals = std::max(least, kSmallestDigits - 1 - decadeOf(smallest));
    if (decimals > least + kMostExtraDecimals)
        return std::nullopt;
    const auto endsInZero = [&](double value) {
        return !std::isfinite(value) || fixedText(value, decimals).ends_with('0');
    };
    while (decimals > 0 && std::ranges::all_of(column, endsInZero))
        --decimals;
    return decimals;
}

std::string columnText(double value, std::optional<int> decimals, int digits)
{
    if (!decimals || !std::isfinite(value) ||
        (value != 0 && decadeOf(value) + *decimals < kSmallestDigits - 1))
        return significant(value, digits);
    return withTrueMinus(withThousands(fixedText(value, *decimals)));
}

} // namespace vitrine
