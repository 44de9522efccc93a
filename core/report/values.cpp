#include "core/report/values.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/base/number_text.h"

#include <cmath>

namespace vitrine::report
{
namespace
{

constexpr std::size_t kLongText = 80;
constexpr std::size_t kLongNumber = 9; // of a parameter: what a person types stays as it is

Value textValue(const std::string& text, bool number)
{
    const std::string brief = cutText(text, kLongText);
    return {.text = brief, .full = brief == text ? "" : text, .number = number};
}

// All its digits, in groups; no detour by a double, which would round long ones.
Value integerValue(std::int64_t value)
{
    const std::string full = std::to_string(value), text = wholeText(value);
    return {.text = text, .full = text == full ? "" : full, .number = true};
}

} // namespace

std::string runName(const RunRecord& run)
{
    return run.number > 0 ? "run " + std::to_string(run.number) : "run " + run.uid.substr(0, 8);
}

std::string countText(std::uint64_t count)
{
    return withThousands(std::to_string(count));
}

Value numberValue(double value, bool measured, int digits, std::optional<int> decimals)
{
    if (!std::isfinite(value))
        return {.text = "–", .number = true, .measured = measured};
    const std::string full = shortest(value);
    // Whole numbers are counts: all their digits, in groups.
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    const std::string text = decimals ? columnText(value, decimals)
                             : whole  ? wholeText(static_cast<std::int64_t>(value))
                                      : significant(value, digits);
    return {.text = text, .full = text == full ? "" : full, .number = true, .measured = measured};
}

Value cellValue(const Cell& cell, int digits, std::optional<int> decimals)
{
    if (const auto* number = std::get_if<double>(&cell))
        return numberValue(*number, false, digits, decimals);
    if (const auto* integer = std::get_if<std::int64_t>(&cell))
        return integerValue(*integer);
    if (const auto* text = std::get_if<std::string>(&cell))
        return textValue(*text, false);
    return {.text = "–"};
}

Value parameterValue(const ParamValue& value)
{
    Value made = textValue(paramText(value), true);
    const auto* real = std::get_if<double>(&value);
    const std::string text = real && made.text.size() > kLongNumber ? readOut(*real)
                             : parseReal(made.text)                 ? withTrueMinus(made.text)
                                                                    : made.text;
    if (text != made.text) {
        made.full = made.text;
        made.text = text;
    }
    return made;
}

std::string inFull(const Value& value)
{
    const std::string& full = value.full.empty() ? value.text : value.full;
    return parseReal(full) ? withTrueMinus(full) : full;
}

std::string hoverText(const Value& value)
{
    const auto number = parseReal(value.full);
    const std::string hover = number ? readOut(*number) : value.full;
    return hover == value.text ? std::string() : hover;
}

} // namespace vitrine::report
