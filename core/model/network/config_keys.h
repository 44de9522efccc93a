#pragma once

#include "core/base/json_fwd.h"
#include "core/base/result.h"
#include "core/model/network/llm_config.h"

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

// What a generation_config.json (untrusted) asks of how a text is continued, beside its tokens:
// names of keys. A run has parameters of its own for that.
Result<std::vector<std::string>> parseGenerationKeys(std::string_view text, std::string_view name);

} // namespace vitrine::model
