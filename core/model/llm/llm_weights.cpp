#include "core/model/llm/llm_weights.h"

#include "core/tensor/kernels/dense_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstring>
#include <span>
#include <string>

namespace vitrine::model
{
namespace
{

class Finder
{
public:
    Finder(const LlmCheckpoint& checkpoint, const kernels::Relayout& relayout)
        : checkpoint_(checkpoint), relayout_(relayout)
    {
    }

    Result<TensorView> tensor(const std::string& name, const std::vector<std::int64_t>& shape)
    {
        VITRINE_TRY(TensorView view, checkpoint_.tensor(name));
        if (view.shape != shape)
            return inputError("tensor \"{}\" has shape [{}], [{}] expected", name,
                              fmt::join(view.shape, ", "), fmt::join(shape, ", "));
        if (view.type == DType::f64)
            return rounded(name, view);
        if (!kernels::canWiden(view.type))
            return inputError("tensor \"{}\" is stored as {}; F32, F16, BF16 or F64 expected", name,
                              dtypeName(view.type));
        return view;
    }

    Result<kernels::SharedWeights> matrix(const std::string& name, std::int64_t outputs,
                                          std::int64_t inputs)
    {
        VITRINE_TRY(const TensorView view, tensor(name, {outputs, inputs}));
        auto stored = std::make_shared<const kernels::DenseWeights>(view.type, view.bytes.data(),
                                                                    outputs, inputs);
        if (relayout_)
            return relayout_(name, std::move(stored));
        return stored;
    }

    // `prefix`.weight, and `prefix`.bias where the configuration asks for it.
    Result<Linear> linear(const std::string& prefix, std::int64_t outputs, std::int64_t inputs,
                          bool bias)
    {
        Linear result;
        VITRINE_TRY(result.weights, matrix(prefix + ".weight", outputs, inputs));
        if (bias) {
            VITRINE_TRY(result.bias, tensor(prefix + ".bias", {outputs}));
        }
        return result;
    }

    Result<LayerWeights> layer(std::int64_t index)
    {
        const LlmConfig& c = checkpoint_.config();
        const std::string prefix = "model.layers." + std::to_string(index) + ".";
        const std::int64_t queries = c.heads * c.headSize, keys = c.kvHeads * c.headSize;
        LayerWeights w;
        VITRINE_TRY(w.attentionNorm, tensor(prefix + "input_layernorm.weight", {c.hidden}));
        VITRINE_TRY(w.mlpNorm, tensor(prefix + "post_attention_layernorm.weight", {c.hidden}));
        VITRINE_TRY(w.q, linear(prefix + "self_attn.q_proj", queries, c.hidden, c.attentionBias));
        VITRINE_TRY(w.k, linear(prefix + "self_attn.k_proj", keys, c.hidden, c.attentionBias));
        VITRINE_TRY(w.v, linear(prefix + "self_attn.v_proj", keys, c.hidden, c.attentionBias));
        VITRINE_TRY(w.o, linear(prefix + "self_attn.o_proj", c.hidden, queries, c.attentionBias));
        VITRINE_TRY(w.gate, linear(prefix + "mlp.gate_proj", c.mlp, c.hidden, c.mlpBias));
        VITRINE_TRY(w.up, linear(prefix + "mlp.up_proj", c.mlp, c.hidden, c.mlpBias));
        VITRINE_TRY(w.down, linear(prefix + "mlp.down_proj", c.hidden, c.mlp, c.mlpBias));
        return w;
    }

    std::vector<std::shared_ptr<const std::vector<float>>> takeRounded()
    {
        return std::move(rounded_);
    }

private:
    Result<TensorView> rounded(const std::string& name, const TensorView& view)
    {
        auto values = std::make_shared<std::vector<float>>(toFloat(view));
        for (std::size_t i = 0; i < values->size(); ++i) {
            double exact = 0;
            std::memcpy(&exact, view.bytes.data() + i * sizeof exact, sizeof exact);
            if (std::isfinite(exact) && !std::isfinite((*values)[i]))
                return inputError("tensor \"{}\" holds {}, which single precision cannot hold (at "
                                  "most 3.4e38)",
                                  name, exact);
        }
        rounded_.push_back(values);
        return TensorView{DType::f32, view.shape, std::as_bytes(std::span(*values))};
    }

    const LlmCheckpoint& checkpoint_;
    const kernels::Relayout& relayout_;
    std::vector<std::shared_ptr<const std::vector<float>>> rounded_;
};

} // namespace

Result<LlmWeights> findWeights(const LlmCheckpoint& checkpoint, const kernels::Relayout& relayout)
{
    const LlmConfig& c = checkpoint.config();
    Finder finder(checkpoint, relayout);
    LlmWeights w;
    VITRINE_TRY(w.embedding, finder.matrix("model.embed_tokens.weight", c.vocabulary, c.hidden));
    VITRINE_TRY(w.finalNorm, finder.tensor("model.norm.weight", {c.hidden}));
    if (c.languageHead) {
        w.head = w.embedding;
        if (!c.tiedEmbeddings) {
            VITRINE_TRY(w.head, finder.matrix("lm_head.weight", c.vocabulary, c.hidden));
        }
    }
    for (std::int64_t i = 0; i < c.layers; ++i) {
        VITRINE_TRY(LayerWeights layer, finder.layer(i));
        w.layers.push_back(std::move(layer));
    }
    w.rounded = finder.takeRounded();
    return w;
}

} // namespace vitrine::model
