#pragma once

#include "core/model/network/network.h"

#include <string_view>

namespace vitrine::model
{

// A vision transformer by the config.json of a Hugging Face folder (untrusted): model_type vit or
// deit. The names of its tensors are timm's, which such a folder does not use.
bool isVisionConfig(std::string_view configJson);
Result<Network> visionNetwork(std::string_view configJson, const std::string& name);

} // namespace vitrine::model
