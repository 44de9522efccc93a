#pragma once

#include "core/model/llm/llm_checkpoint.h"

namespace vitrine::model
{

// A language model's folder of the Hugging Face hub: config.json with model.safetensors, or shards
// named by model.safetensors.index.json.
Result<std::shared_ptr<const LlmCheckpoint>> openHuggingFace(const std::filesystem::path& folder);

} // namespace vitrine::model
