#pragma once

#include "core/base/random.h"
#include "core/model/llm/llm_checkpoint.h"

#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace vitrine::tests
{

// A language model in memory with seeded random weights: Gaussian, scaled by fan-in; norm gains
// near 1; biases small.
class TinyCheckpoint : public model::LlmCheckpoint
{
public:
    TinyCheckpoint(model::LlmConfig config, std::uint64_t seed, DType type = DType::f32)
        : config_(std::move(config)), random_(seed), type_(type)
    {
        const auto& c = config_;
        const std::int64_t queries = c.heads * c.headSize, keys = c.kvHeads * c.headSize;
        add("model.embed_tokens.weight", {c.vocabulary, c.hidden}, 0, 1.0);
        for (std::int64_t i = 0; i < c.layers; ++i) {
            const std::string prefix = "model.layers." + std::to_string(i) + ".";
            add(prefix + "input_layernorm.weight", {c.hidden}, 1, 0.1);
            add(prefix + "post_attention_layernorm.weight", {c.hidden}, 1, 0.1);
            addLinear(prefix + "self_attn.q_proj", queries, c.hidden, c.attentionBias);
            addLinear(prefix + "self_attn.k_proj", keys, c.hidden, c.attentionBias);
            addLinear(prefix + "self_attn.v_proj", keys, c.hidden, c.attentionBias);
            addLinear(prefix + "self_attn.o_proj", c.hidden, queries, c.attentionBias);
            addLinear(prefix + "mlp.gate_proj", c.mlp, c.hidden, c.mlpBias);
            addLinear(prefix + "mlp.up_proj", c.mlp, c.hidden, c.mlpBias);
            addLinear(prefix + "mlp.down_proj", c.hidden, c.mlp, c.mlpBias);
        }
        add("model.norm.weight", {c.hidden}, 1, 0.1);
        if (!c.tiedEmbeddings)
            addLinear("lm_head", c.vocabulary, c.hidden, false);
    }

    const model::LlmConfig& config() const override { return config_; }
    std::vector<std::string> tensorNames() const override
    {
        std::vector<std::string> names;
        for (const auto& [name, tensor] : tensors_)
            names.push_back(name);
        return names;
    }
    bool has(const std::string& name) const override { return tensors_.contains(name); }
    Result<TensorView> tensor(const std::string& name) const override
    {
        const auto found = tensors_.find(name);
        if (found == tensors_.end())
            return inputError("there is no tensor \"{}\"", name);
        return TensorView{type_, found->second.shape, found->second.bytes};
    }
    std::vector<std::filesystem::path> files() const override { return {}; }
    std::vector<std::string> notes() const override { return {}; }

private:
    struct Stored {
        std::vector<std::int64_t> shape;
        std::vector<std::byte> bytes;
    };

    void addLinear(const std::string& prefix, std::int64_t outputs, std::int64_t inputs, bool bias)
    {
        add(prefix + ".weight", {outputs, inputs}, 0, 1 / std::sqrt(static_cast<double>(inputs)));
        if (bias)
            add(prefix + ".bias", {outputs}, 0, 0.1);
    }

    void add(const std::string& name, std::vector<std::int64_t> shape, double mean,
             double deviation)
    {
        std::int64_t count = 1;
        for (const std::int64_t size : shape)
            count *= size;
        Stored& stored = tensors_[name];
        stored.shape = std::move(shape);
        stored.bytes.resize(static_cast<std::size_t>(count) * dtypeSize(type_));
        for (std::int64_t i = 0; i < count; ++i)
            put(stored.bytes.data(), i, static_cast<float>(mean + deviation * random_.normal()));
    }

    void put(std::byte* to, std::int64_t i, float value) const
    {
        if (type_ == DType::f32) {
            std::memcpy(to + 4 * i, &value, 4);
            return;
        }
        const std::uint16_t bits = type_ == DType::f16 ? toHalf(value) : toBfloat(value);
        std::memcpy(to + 2 * i, &bits, 2);
    }

    model::LlmConfig config_;
    Random random_;
    DType type_;
    std::map<std::string, Stored> tensors_;
};

// Two layers, four query heads on two key heads of 6, width 20, vocabulary 50: nothing is a
// multiple of a vector.
inline model::LlmConfig tinyConfig()
{
    model::LlmConfig c;
    c.hidden = 20, c.layers = 2, c.heads = 4, c.kvHeads = 2, c.headSize = 6, c.mlp = 35;
    c.vocabulary = 50, c.context = 512;
    c.tiedEmbeddings = true;
    return c;
}

inline std::shared_ptr<const model::LlmCheckpoint>
tinyCheckpoint(model::LlmConfig config = tinyConfig(), std::uint64_t seed = 42,
               DType type = DType::f32)
{
    return std::make_shared<TinyCheckpoint>(std::move(config), seed, type);
}

inline std::vector<std::int32_t> randomIds(std::int64_t count, std::int64_t vocabulary,
                                           std::uint64_t seed = 7)
{
    Random random(seed);
    std::vector<std::int32_t> ids;
    for (std::int64_t i = 0; i < count; ++i)
        ids.push_back(
            static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(vocabulary))));
    return ids;
}

} // namespace vitrine::tests
