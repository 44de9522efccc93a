#pragma once

#include "core/model/network/llm_config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vitrine::model
{

struct TensorShape {
    std::string name; // as the Hugging Face hub spells it, with the prefix "model."
    std::vector<std::int64_t> shape;
};

inline constexpr std::string_view kHeadTensor = "lm_head.weight";
inline constexpr std::string_view kEmbeddingTensor = "model.embed_tokens.weight";

// Every tensor a model of this shape has, the head last and only where there is one that is not
// tied.
std::vector<TensorShape> requiredTensors(const LlmConfig& config);

} // namespace vitrine::model
