#pragma once

#include "core/base/json_fwd.h"

#include <cstdint>
#include <string>

// Reads a stored state, of which everything is optional and nothing is trusted: what is missing, of
// another type or out of range reads as the fallback. (Files, where that is an error, are read by
// core/base/json_fields.h.) `object` may be any JSON.
namespace vitrine
{

double numberIn(const Json& object, const char* key, double low, double high, double fallback);
// The same cut to a whole number. The range must fit into 53 bits.
std::int64_t wholeIn(const Json& object, const char* key, std::int64_t low, std::int64_t high,
                     std::int64_t fallback);
std::string textIn(const Json& object, const char* key); // empty: none
const Json& partIn(const Json& object, const char* key); // null: none
const Json& listIn(const Json& object, const char* key); // an array; empty: none
bool flagIn(const Json& object, const char* key, bool fallback);

} // namespace vitrine
