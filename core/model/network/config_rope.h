#pragma once

#include "core/model/network/config_fields.h"
#include "core/model/network/llm_config.h"

namespace vitrine::model
{

// Theta and scaling of the rotary embedding, out of every place where versions of the format write
// them: "rope_theta" and "original_max_position_embeddings" at the top, the objects "rope_scaling"
// (transformers 4) and "rope_parameters" (5). As transformers has it, a "rope_scaling" that is not
// empty comes before "rope_parameters", which may then say "default" (a note). Places that
// contradict each other otherwise are refused.
void readRope(ConfigFields& top, LlmConfig& config);

} // namespace vitrine::model
