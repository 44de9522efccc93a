#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/experiment/params.h"

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

std::string_view typeName(ParamType type)
{
    switch (type) {
    case ParamType::boolean:
        return "boolean";
    case ParamType::integer:
        return "integer";
    case ParamType::real:
        return "real";
    case ParamType::text:
        return "text";
    case ParamType::choice:
        return "choice";
    case ParamType::file:
        return "file";
    case ParamType::model:
        return "model";
    case ParamType::integers:
        return "integers";
    }
    return "text";
}

std::string rangeText(const ParamSpec& spec)
{
    if (spec.minimum && spec.maximum)
        return fmt::format("from {} to {}", shortest(*spec.minimum), shortest(*spec.maximum));
    if (spec.minimum)
        return fmt::format("{} or more", shortest(*spec.minimum));
    return fmt::format("at most {}", shortest(*spec.maximum));
}

bool inRange(const ParamSpec& spec, double value)
{
    return !(spec.minimum && value < *spec.minimum) && !(spec.maximum && value > *spec.maximum);
}

// Values quoted in messages stay short and on one line.
std::string quoted(std::string_view text)
{
    std::string shown(text.substr(0, 60));
    std::ranges::replace_if(
        shown, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return "\"" + shown + (text.size() > 60 ? "..." : "") + "\"";
}

Result<ParamValue> parseBoolean(const ParamSpec& spec, std::string_view text)
{
    if (text == "true" || text == "on" || text == "yes" || text == "1")
        return true;
    if (text == "false" || text == "off" || text == "no" || text == "0")
        return false;
    return argumentError("{}: {} is neither on nor off", spec.name, quoted(text));
}

Result<std::int64_t> parseWhole(const ParamSpec& spec, std::string_view text)
{
    const auto value = parseInteger(text);
    if (!value)
        return argumentError("{}: {} is not a whole number", spec.name, quoted(text));
    if (!inRange(spec, static_cast<double>(*value)))
        return argumentError("{}: {} is out of range: {}", spec.name, *value, rangeText(spec));
    return *value;
}

Result<ParamValue> parseNumber(const ParamSpec& spec, std::string_view text)
{
    const auto value = parseReal(text);
    if (!value || !std::isfinite(*value))
        return argumentError("{}: {} is not a number", spec.name, quoted(text));
    if (!inRange(spec, *value))
        return argumentError("{}: {} is out of range: {}", spec.name, shortest(*value),
                             rangeText(spec));
    return *value;
}

Result<ParamValue> parseChoice(const ParamSpec& spec, std::string_view text)
{
    std::string allowed;
    for (const auto& choice : spec.choices) {
        if (choice.value == text)
            return std::string(text);
        allowed += (allowed.empty() ? "" : ", ") + choice.value;
    }
    return argumentError("{}: {} is none of {}", spec.name, quoted(text), allowed);
}

Result<ParamValue> parseIntegers(const ParamSpec& spec, std::string_view text)
{
    std::vector<std::int64_t> items;
    while (!text.empty()) {
        const auto comma = text.find(',');
        VITRINE_TRY(const std::int64_t item, parseWhole(spec, text.substr(0, comma)));
        items.push_back(item);
        if (comma == std::string_view::npos)
            break;
        text.remove_prefix(comma + 1);
        if (text.empty())
            return argumentError("{}: the list ends with a comma", spec.name);
    }
    return items;
}

Result<ParamValue> parseText(const ParamSpec& spec, std::string_view text)
{
    if (text.find('\0') != std::string_view::npos)
        return argumentError("{}: the text has a zero byte", spec.name);
    if (spec.check && !text.empty())
        VITRINE_CHECK(spec.check(std::string(text)));
    return std::string(text);
}

} // namespace

Result<ParamValue> parseParam(const ParamSpec& spec, std::string_view text)
{
    switch (spec.type) {
    case ParamType::boolean:
        return parseBoolean(spec, text);
    case ParamType::integer:
        return parseWhole(spec, text).map([](auto v) { return ParamValue(v); });
    case ParamType::real:
        return parseNumber(spec, text);
    case ParamType::choice:
        return parseChoice(spec, text);
    case ParamType::integers:
        return parseIntegers(spec, text);
    case ParamType::text:
    case ParamType::file:
    case ParamType::model:
        return parseText(spec, text);
    }
    return parseText(spec, text);
}

Json toJson(const ParamSpec& spec)
{
    Json json = {{"name", spec.name}, {"label", spec.label}, {"type", typeName(spec.type)}};
    json["unit"] = spec.unit.empty() ? "1" : spec.unit;
    if (spec.type != ParamType::integer && spec.type != ParamType::real &&
        spec.type != ParamType::integers && spec.unit.empty())
        json.erase("unit");
    if (spec.minimum)
        json["minimum"] = *spec.minimum;
    if (spec.maximum)
        json["maximum"] = *spec.maximum;
    if (spec.fallback)
        std::visit([&](const auto& value) { json["default"] = value; }, *spec.fallback);
    json["optional"] = spec.optional || spec.fallback.has_value();
    for (const auto& choice : spec.choices)
        json["choices"].push_back(
            {{"value", choice.value}, {"label", choice.label}, {"help", choice.help}});
    json["help"] = spec.help;
    json["group"] = spec.group;
    json["advanced"] = spec.advanced;
    if (!spec.fileKind.empty())
        json["file_kind"] = spec.fileKind;
    if (!spec.oneOf.empty())
        json["one_of"] = spec.oneOf;
    return json;
}

} // namespace vitrine
