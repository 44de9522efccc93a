#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>

namespace vitrine::model
{

// Tensor to shard, from the text of a model.safetensors.index.json. Shard names are plain file
// names: nothing in it leads out of the folder.
Result<std::map<std::string, std::string>> parseShardIndex(std::string_view text,
                                                           std::string_view name);

} // namespace vitrine::model
