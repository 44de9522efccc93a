#pragma once

#include "core/model/checkpoint/checkpoint.h"

#include <map>
#include <string_view>

namespace vitrine::model
{

// A folder of the Hugging Face hub: config.json with model.safetensors, or shards named by
// model.safetensors.index.json.
Result<std::shared_ptr<const Checkpoint>> openHuggingFace(const std::filesystem::path& folder);

// Tensor to shard, from the text of an index file. Shard names are plain file names: nothing in it
// leads out of the folder.
Result<std::map<std::string, std::string>> parseShardIndex(std::string_view text,
                                                           std::string_view name);

} // namespace vitrine::model
