#pragma once

#include "core/model/network/llm_config.h"
#include "core/model/network/network.h"

#include <optional>
#include <string_view>

namespace vitrine::model
{

inline constexpr std::string_view kHeadTensor = "lm_head.weight";
inline constexpr std::string_view kEmbeddingTensor = "model.embed_tokens.weight";

// The layers of one decoder block that have tensors, as places in Network::layers.
struct LlmBlock {
    std::size_t attentionNorm = 0, q = 0, k = 0, v = 0, o = 0;
    std::size_t mlpNorm = 0, gate = 0, up = 0, down = 0;
};

// A language model, and which of its layers is what.
struct LlmNetwork {
    Network network;
    std::size_t embedding = 0, finalNorm = 0;
    std::optional<std::size_t> head; // nothing where it has none; tied: its tensor is the embedding
    std::vector<LlmBlock> blocks;
};

// A language model of the Llama family that reads `tokens` tokens at once (causal attention counted
// in full). Tensor names are the Hugging Face hub's.
LlmNetwork llmNetwork(const LlmConfig& config, std::int64_t tokens = 1,
                      const std::string& name = {});

// Every tensor a model of this shape has, the head last and only where there is one that is not
// tied.
std::vector<NetworkTensor> requiredTensors(const LlmConfig& config);

} // namespace vitrine::model
