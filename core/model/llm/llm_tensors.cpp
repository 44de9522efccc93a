#include "core/model/llm/llm_tensors.h"

#include <fmt/format.h>

namespace vitrine::model
{

std::vector<TensorShape> requiredTensors(const LlmConfig& config)
{
    const std::int64_t queries = config.heads * config.headSize,
                       keys = config.kvHeads * config.headSize;
    std::vector<TensorShape> tensors{
        {std::string(kEmbeddingTensor), {config.vocabulary, config.hidden}}};

    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const std::string prefix = fmt::format("model.layers.{}.", layer);
        const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
            tensors.push_back({prefix + std::string(name), std::move(shape)});
        };
        const auto addLinear = [&](std::string_view name, std::int64_t out, std::int64_t in,
                                   bool bias) {
            add(fmt::format("{}.weight", name), {out, in});
            if (bias)
                add(fmt::format("{}.bias", name), {out});
        };
        add("input_layernorm.weight", {config.hidden});
        addLinear("self_attn.q_proj", queries, config.hidden, config.attentionBias);
        addLinear("self_attn.k_proj", keys, config.hidden, config.attentionBias);
        addLinear("self_attn.v_proj", keys, config.hidden, config.attentionBias);
        addLinear("self_attn.o_proj", config.hidden, queries, config.attentionBias);
        add("post_attention_layernorm.weight", {config.hidden});
        addLinear("mlp.gate_proj", config.mlp, config.hidden, config.mlpBias);
        addLinear("mlp.up_proj", config.mlp, config.hidden, config.mlpBias);
        addLinear("mlp.down_proj", config.hidden, config.mlp, config.mlpBias);
    }
    tensors.push_back({"model.norm.weight", {config.hidden}});
    if (config.languageHead && !config.tiedEmbeddings)
        tensors.push_back({std::string(kHeadTensor), {config.vocabulary, config.hidden}});
    return tensors;
}

} // namespace vitrine::model
