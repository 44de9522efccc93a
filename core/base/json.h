#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string_view>

namespace vitrine
{

using Json = nlohmann::ordered_json;

struct JsonLimits {
    int depth = 64;
    std::uint64_t values = 4'000'000; // objects, arrays, keys and scalars together
};

// Strict parse of untrusted text: valid UTF-8, no duplicate keys, no NaN, nothing behind the value,
// within the limits. `name` names the text in the error ("config.json"); the message carries line
// and column.
Result<Json> parseJson(std::string_view text, std::string_view name, JsonLimits limits = {});

// One line, no spaces, doubles in their shortest form, NaN and infinity as null.
std::string dumpJson(const Json& value, int indent = -1);

} // namespace vitrine
