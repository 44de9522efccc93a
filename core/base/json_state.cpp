#include "core/base/json_state.h"

#include "core/base/json.h"

namespace vitrine
{

const Json& partIn(const Json& object, const char* key)
{
    static const Json kNone;
    if (!object.is_object())
        return kNone;
    const auto found = object.find(key);
    return found == object.end() ? kNone : *found;
}

const Json& listIn(const Json& object, const char* key)
{
    static const Json kEmpty = Json::array();
    const Json& part = partIn(object, key);
    return part.is_array() ? part : kEmpty;
}

double numberIn(const Json& object, const char* key, double low, double high, double fallback)
{
    const Json& part = partIn(object, key);
    const double value = part.is_number() ? part.get<double>() : fallback;
    return value >= low && value <= high ? value : fallback;
}

std::int64_t wholeIn(const Json& object, const char* key, std::int64_t low, std::int64_t high,
                     std::int64_t fallback)
{
    const auto outside = static_cast<double>(low) - 1;
    const double value =
        numberIn(object, key, static_cast<double>(low), static_cast<double>(high), outside);
    return value == outside ? fallback : static_cast<std::int64_t>(value);
}

std::string textIn(const Json& object, const char* key)
{
    const Json& part = partIn(object, key);
    return part.is_string() ? part.get<std::string>() : std::string();
}

bool flagIn(const Json& object, const char* key, bool fallback)
{
    const Json& part = partIn(object, key);
    return part.is_boolean() ? part.get<bool>() : fallback;
}

} // namespace vitrine
