#include "core/base/json_fields.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/near_name.h"

#include <algorithm>
#include <limits>

namespace vitrine
{
namespace
{

const Json kNoList = Json::array();
const Json kNoObject = Json::object();

} // namespace

JsonFields::JsonFields(const Json& object, std::string where)
    : object_(object.is_object() ? object : kNoObject), where_(std::move(where))
{
    if (!object.is_object())
        fail("an object is expected");
}

const Json* JsonFields::find(const char* key, bool right(const Json&), const char* expected)
{
    asked_.emplace_back(key);
    if (failed())
        return nullptr;
    const auto found = object_.find(key);
    if (found == object_.end())
        return nullptr;
    if (right(*found))
        return &*found;
    fail(fmt::format("\"{}\" is not {}", key, expected));
    return nullptr;
}

std::string JsonFields::text(const char* key)
{
    const Json* value = find(
        key, [](const Json& j) { return j.is_string(); }, "a text");
    return value ? value->get<std::string>() : std::string();
}

std::string JsonFields::neededText(const char* key)
{
    auto value = text(key);
    if (value.empty())
        fail(fmt::format("\"{}\" is missing", key));
    return value;
}

std::int64_t JsonFields::integer(const char* key, std::int64_t low, std::int64_t high)
{
    const Json* value = find(
        key, [](const Json& j) { return j.is_number_integer(); }, "a whole number");
    if (!value)
        return low > 0 ? low : 0;
    // Numbers beyond 2^63 are unsigned; read as signed they would wrap.
    const bool tooBig = value->is_number_unsigned() &&
                        value->get<std::uint64_t>() >
                            static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!tooBig)
        if (const auto number = value->get<std::int64_t>(); number >= low && number <= high)
            return number;
    fail(fmt::format("\"{}\" is out of range", key));
    return low;
}

double JsonFields::real(const char* key, double absent)
{
    const Json* value = find(
        key, [](const Json& j) { return j.is_number() || j.is_null(); }, "a number");
    if (!value)
        return absent;
    return value->is_null() ? std::numeric_limits<double>::quiet_NaN() : value->get<double>();
}

const Json& JsonFields::list(const char* key)
{
    const Json* value = find(
        key, [](const Json& j) { return j.is_array(); }, "a list");
    return value ? *value : kNoList;
}

const Json& JsonFields::object(const char* key)
{
    const Json* value = find(
        key, [](const Json& j) { return j.is_object(); }, "an object");
    return value ? *value : kNoObject;
}

void JsonFields::refuseOthers()
{
    for (const auto& [key, value] : object_.items())
        if (std::ranges::find(asked_, key) == asked_.end()) // dumped: control characters escaped
            return fail(fmt::format("unknown key {}; {}", cutText(dumpJson(Json(key)), 80),
                                    nameAdvice(key, asked_)));
}

void JsonFields::fail(std::string problem)
{
    if (problem_.empty())
        problem_ = std::move(problem);
}

Result<void> JsonFields::done() const
{
    if (failed())
        return inputError("cannot read {}: {}", where_, problem_);
    return {};
}

} // namespace vitrine
