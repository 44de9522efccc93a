#include "core/jobs/experiment/plain_params.h"

#include "core/base/json.h"

#include <limits>

namespace vitrine
{

Params plainParams(const Json& object)
{
    Params params;
    if (!object.is_object())
        return params;
    for (const auto& [name, value] : object.items()) {
        if (value.is_boolean())
            params.set(name, value.get<bool>());
        else if (value.is_number_float() ||
                 (value.is_number_unsigned() &&
                  value.get<std::uint64_t>() > std::numeric_limits<std::int64_t>::max()))
            params.set(name, value.get<double>());
        else if (value.is_number())
            params.set(name, value.get<std::int64_t>());
        else if (value.is_string())
            params.set(name, value.get<std::string>());
    }
    return params;
}

} // namespace vitrine
