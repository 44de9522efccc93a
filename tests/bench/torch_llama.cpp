#include "tests/bench/torch_llama.h"

#include "core/tensor/tensor_view.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <cmath>
#include <limits>
#include <string>

namespace vitrine::bench
{
namespace
{

struct Layer {
    at::Tensor attentionNorm, mlpNorm, q, k, v, o, gate, up, down;
};

class Network : public TorchLlama
{
public:
    Network(const model::LlmCheckpoint& checkpoint, const model::RopeTable& rope, int threads);
    std::span<const float> forward(std::span<const std::int32_t> ids) override;

private:
    model::LlmConfig config;
    int threads = 1;
    at::Tensor embedding, head, norm, cosine, sine, mask, logits;
    std::vector<Layer> layers;

    static at::Tensor tensor(const model::LlmCheckpoint& checkpoint, const std::string& name)
    {
        const TensorView view = checkpoint.tensor(name).value();
        std::vector<float> values = toFloat(view);
        return at::from_blob(values.data(), view.shape, at::kFloat).clone();
    }

    at::Tensor rms(const at::Tensor& x, const at::Tensor& weight) const
    {
        return x * at::rsqrt(x.pow(2).mean(-1, true) + config.normEpsilon) * weight;
    }

    at::Tensor heads(const at::Tensor& x, std::int64_t count) const
    {
        return x.view({x.size(0), count, config.headSize}).transpose(0, 1);
    }

    at::Tensor rotate(const at::Tensor& x) const
    {
        const auto halves = x.chunk(2, -1);
        return at::cat(
            {halves[0] * cosine - halves[1] * sine, halves[1] * cosine + halves[0] * sine}, -1);
    }

    at::Tensor attention(const Layer& layer, const at::Tensor& x) const
    {
        const auto repeat = config.heads / config.kvHeads;
        const auto q = rotate(heads(at::linear(x, layer.q), config.heads));
        auto k = rotate(heads(at::linear(x, layer.k), config.kvHeads));
        auto v = heads(at::linear(x, layer.v), config.kvHeads);
        if (repeat > 1)
            k = k.repeat_interleave(repeat, 0), v = v.repeat_interleave(repeat, 0);
        auto scores = at::matmul(q, k.transpose(1, 2));
        scores.div_(std::sqrt(static_cast<double>(config.headSize))).add_(mask);
        const auto mixed = at::matmul(at::softmax(scores, -1), v);
        return at::linear(
            mixed.transpose(0, 1).reshape({x.size(0), config.heads * config.headSize}), layer.o);
    }
};

Network::Network(const model::LlmCheckpoint& checkpoint, const model::RopeTable& rope,
                 int threadCount)
{
    config = checkpoint.config();
    threads = threadCount;
    const auto load = [&](const std::string& name) { return tensor(checkpoint, name); };
    embedding = load("model.embed_tokens.weight");
    head = checkpoint.has("lm_head.weight") ? load("lm_head.weight") : embedding;
    norm = load("model.norm.weight");
    for (std::int64_t i = 0; i < config.layers; ++i) {
        const std::string p = "model.layers." + std::to_string(i) + ".";
        layers.push_back({load(p + "input_layernorm.weight"),
                          load(p + "post_attention_layernorm.weight"),
                          load(p + "self_attn.q_proj.weight"), load(p + "self_attn.k_proj.weight"),
                          load(p + "self_attn.v_proj.weight"), load(p + "self_attn.o_proj.weight"),
                          load(p + "mlp.gate_proj.weight"), load(p + "mlp.up_proj.weight"),
                          load(p + "mlp.down_proj.weight")});
    }
    const auto tokens = static_cast<std::int64_t>(rope.cosine.size()) / rope.half;
    cosine = at::tensor(at::ArrayRef<float>(rope.cosine)).view({tokens, rope.half});
    sine = at::tensor(at::ArrayRef<float>(rope.sine)).view({tokens, rope.half});
    mask = at::full({tokens, tokens}, -std::numeric_limits<float>::infinity()).triu(1);
}

std::span<const float> Network::forward(std::span<const std::int32_t> ids)
{
    const c10::InferenceMode inference;
    at::set_num_threads(threads);
    const auto index = at::tensor(at::ArrayRef<std::int32_t>(ids.data(), ids.size()), at::kLong);
    auto x = at::embedding(embedding, index);
    for (const Layer& layer : layers) {
        x = x + attention(layer, rms(x, layer.attentionNorm));
        const auto normed = rms(x, layer.mlpNorm);
        const auto gated = at::silu(at::linear(normed, layer.gate)) * at::linear(normed, layer.up);
        x = x + at::linear(gated, layer.down);
    }
    logits = at::linear(rms(x, norm), head).contiguous();
    return {logits.data_ptr<float>(), static_cast<std::size_t>(logits.numel())};
}

} // namespace
} // namespace vitrine::bench

extern "C" vitrine::bench::TorchLlama*
vitrineMakeTorchLlama(const vitrine::model::LlmCheckpoint& checkpoint,
                      const vitrine::model::RopeTable& rope, int threads)
{
    return new vitrine::bench::Network(checkpoint, rope, threads);
}
