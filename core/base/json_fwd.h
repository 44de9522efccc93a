#pragma once

#include <nlohmann/json_fwd.hpp>

namespace vitrine
{

// For headers that name a JSON value and no more; core/base/json.h has the rest.
using Json = nlohmann::ordered_json;

} // namespace vitrine
