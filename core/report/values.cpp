#include "core/report/values.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"

#include <cmath>

namespace vitrine::report
{
namespace
{

constexpr std::size_t kLongText = 80;

Value textValue(const std::string& text, bool number)
{
    const std::string brief = cutText(text, kLongText);
    return {.text = brief, .full = brief == text ? "" : text, .number = number};
}

// All its digits, in groups; no detour by a double, which would round long ones.
Value integerValue(std::int64_t value)
{
    const auto size =
        value < 0 ? 0U - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
    const std::string full = std::to_string(value);
    const std::string text = (value < 0 ? "-" : "") + countText(size);
    return {.text = text, .full = text == full ? "" : full, .number = true};
}

} // namespace

std::string runName(const RunRecord& run)
{
    return run.number > 0 ? "run " + std::to_string(run.number) : "run " + run.uid.substr(0, 8);
}

std::string countText(std::uint64_t count)
{
    std::string text = std::to_string(count);
    for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > 0; place -= 3)
        text.insert(static_cast<std::size_t>(place), ",");
    return text;
}

Value numberValue(double value, bool measured, int digits)
{
    if (!std::isfinite(value))
        return {.text = "–", .number = true, .measured = measured};
    const std::string full = shortest(value);
    // Whole numbers are counts: all their digits, in groups.
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    std::string text =
        whole ? (value < 0 ? "-" : "") + countText(static_cast<std::uint64_t>(std::abs(value)))
              : significant(value, digits);
    return {.text = text, .full = text == full ? "" : full, .number = true, .measured = measured};
}

Value cellValue(const Cell& cell, int digits)
{
    if (const auto* number = std::get_if<double>(&cell))
        return numberValue(*number, false, digits);
    if (const auto* integer = std::get_if<std::int64_t>(&cell))
        return integerValue(*integer);
    if (const auto* text = std::get_if<std::string>(&cell))
        return textValue(*text, false);
    return {.text = "–"};
}

Value parameterValue(const ParamValue& value)
{
    return textValue(paramText(value), true);
}

} // namespace vitrine::report
