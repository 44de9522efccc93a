#pragma once

#include "core/base/json_fwd.h"
#include "core/model/llm_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

// Keys of config.json that say nothing about what a pass computes: training, labels, sampling,
// where the file came from. The list is written down in config_keys.cpp.
bool isHarmlessKey(std::string_view key);

// What is worth saying about the keys that are not read: code of the model's own, keys that another
// family reads, keys that nobody here knows. Null says nothing.
std::vector<std::string> keyNotes(const Json& json, Family family);

} // namespace vitrine::model
