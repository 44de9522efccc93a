#pragma once

#include "core/base/json.h"
#include "core/tensor/printable.h"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::model
{

// The keys of one object, read with their types checked. The first problem is kept; later values do
// not matter then.
class ConfigFields
{
public:
    explicit ConfigFields(const Json& object, std::string where = {})
        : object_(object), where_(std::move(where))
    {
    }

    // nullptr where the key is absent or null.
    const Json* find(const char* key) const
    {
        const auto found = object_.find(key);
        return found == object_.end() || found->is_null() ? nullptr : &*found;
    }
    bool written(const char* key) const { return object_.contains(key); }

    std::int64_t integer(const char* key, std::int64_t low, std::int64_t high,
                         std::optional<std::int64_t> otherwise)
    {
        const Json* value = find(key);
        if (!value && otherwise)
            return *otherwise;
        if (!value)
            return refuse("\"{}{}\" is missing", where_, key);
        if (!value->is_number_integer() || outside(*value, low, high))
            return refuse("\"{}{}\" is {}, a whole number from {} to {} is expected", where_, key,
                          shown(*value), low, high);
        return value->get<std::int64_t>();
    }
    double positive(const char* key, std::optional<double> otherwise)
    {
        const Json* value = find(key);
        if (!value && otherwise)
            return *otherwise;
        if (!value)
            return static_cast<double>(refuse("\"{}{}\" is missing", where_, key));
        const double number = value->is_number() ? value->get<double>() : 0;
        if (!std::isfinite(number) || number <= 0)
            return static_cast<double>(refuse("\"{}{}\" is {}, a positive number is expected",
                                              where_, key, shown(*value)));
        return number;
    }
    bool flag(const char* key)
    {
        const Json* value = find(key);
        if (value && !value->is_boolean())
            refuse("\"{}{}\" is {}, true or false is expected", where_, key, shown(*value));
        return value && value->is_boolean() && value->get<bool>();
    }
    std::string text(const char* key, std::string otherwise = {})
    {
        const Json* value = find(key);
        if (!value)
            return otherwise;
        if (!value->is_string())
            refuse("\"{}{}\" is {}, a text is expected", where_, key, shown(*value));
        return value->is_string() ? value->get<std::string>() : otherwise;
    }

    template <typename... Args>
    std::int64_t refuse(fmt::format_string<Args...> format, Args&&... args)
    {
        if (problem.empty())
            problem = fmt::format(format, std::forward<Args>(args)...);
        return 1; // a harmless value to go on with
    }
    static std::string shown(const Json& value)
    {
        return value.is_structured() ? (value.is_array() ? "a list" : "an object")
                                     : printable(value.dump());
    }

    std::string problem;
    std::vector<std::string> notes;

private:
    static bool outside(const Json& value, std::int64_t low, std::int64_t high)
    {
        if (value.is_number_unsigned() &&
            value.get<std::uint64_t>() > static_cast<std::uint64_t>(high))
            return true;
        const auto number = value.get<std::int64_t>();
        return number < low || number > high;
    }

    const Json& object_;
    std::string where_;
};

} // namespace vitrine::model
