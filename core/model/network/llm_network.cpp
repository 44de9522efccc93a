#include "core/model/network/llm_network.h"

#include "core/model/network/network_builder.h"

#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

class LlmBuilder
{
public:
    LlmBuilder(const LlmConfig& config, std::int64_t tokens) : c_(config), tokens_(tokens) {}

    LlmNetwork build()
    {
        net_.begin("embed", Part::stem);
        llm_.embedding =
            net_.step("model.embed_tokens", LayerKind::embedding, tokens_, c_.hidden, {});
        net_.tensor(std::string(kEmbeddingTensor), {c_.vocabulary, c_.hidden});
        for (std::int64_t layer = 0; layer < c_.layers; ++layer)
            llm_.blocks.push_back(block(fmt::format("model.layers.{}", layer)));
        net_.begin("head", Part::head);
        llm_.finalNorm = norm("model.norm");
        if (c_.languageHead)
            llm_.head = head();
        llm_.network = net_.take();
        return std::move(llm_);
    }

private:
    LlmBlock block(const std::string& name)
    {
        LlmBlock block;
        std::size_t x = net_.last();
        net_.begin(name, Part::attention);
        attention(name, block);
        x = residual(name + ".add1", x);
        net_.begin(Part::mlp);
        mlp(name, block);
        residual(name + ".add2", x);
        return block;
    }

    void attention(const std::string& name, LlmBlock& block)
    {
        const std::int64_t queries = c_.heads * c_.headSize, keys = c_.kvHeads * c_.headSize;
        const std::string projections = name + ".self_attn.";
        block.attentionNorm = norm(name + ".input_layernorm");
        const auto project = [&](const char* part, std::int64_t out) {
            return net_.add(
                linearShape(projections + part, tokens_, c_.hidden, out, c_.attentionBias),
                {block.attentionNorm});
        };
        block.q = project("q_proj", queries);
        block.k = project("k_proj", keys);
        block.v = project("v_proj", keys);
        const std::size_t q =
            net_.step(name + ".q_rotary", LayerKind::rotary, tokens_, queries, {block.q});
        const std::size_t k =
            net_.step(name + ".k_rotary", LayerKind::rotary, tokens_, keys, {block.k});
        net_.add(productShape(name + ".scores", LayerKind::scores, c_.heads, tokens_, tokens_,
                              c_.headSize),
                 {q, k});
        net_.add(elementShape(name + ".softmax", LayerKind::softmax, tokens_, tokens_, c_.heads));
        net_.add(productShape(name + ".values", LayerKind::values, c_.heads, tokens_, c_.headSize,
                              tokens_),
                 {net_.last(), block.v});
        block.o = net_.add(
            linearShape(projections + "o_proj", tokens_, queries, c_.hidden, c_.attentionBias));
    }

    // SwiGLU: the activation is of the gate's output times that of `up`.
    void mlp(const std::string& name, LlmBlock& block)
    {
        block.mlpNorm = norm(name + ".post_attention_layernorm");
        const auto widen = [&](const char* part) {
            return net_.add(linearShape(name + part, tokens_, c_.hidden, c_.mlp, c_.mlpBias),
                            {block.mlpNorm});
        };
        block.gate = widen(".mlp.gate_proj");
        block.up = widen(".mlp.up_proj");
        net_.add(elementShape(name + ".mlp.act", LayerKind::activation, tokens_, c_.mlp),
                 {block.gate, block.up});
        block.down =
            net_.add(linearShape(name + ".mlp.down_proj", tokens_, c_.mlp, c_.hidden, c_.mlpBias));
    }

    std::size_t head()
    {
        const std::size_t head =
            net_.add(linearShape("lm_head", tokens_, c_.hidden, c_.vocabulary, false));
        net_.layer().tensors.front().name = c_.tiedEmbeddings ? kEmbeddingTensor : kHeadTensor;
        return head;
    }

    // Root mean square: a weight alone.
    std::size_t norm(const std::string& name)
    {
        net_.add(elementShape(name, LayerKind::norm, tokens_, c_.hidden));
        net_.layer().tensors.pop_back();
        return net_.last();
    }

    std::size_t residual(const std::string& name, std::size_t x)
    {
        return net_.step(name, LayerKind::add, tokens_, c_.hidden, {x, net_.last()});
    }

    const LlmConfig& c_;
    std::int64_t tokens_;
    NetworkBuilder net_;
    LlmNetwork llm_;
};

} // namespace

LlmNetwork llmNetwork(const LlmConfig& config, std::int64_t tokens, const std::string& name)
{
    LlmNetwork llm = LlmBuilder(config, tokens).build();
    llm.network.name = name;
    llm.network.title = fmt::format("{}, {} tokens", name, tokens);
    return llm;
}

std::vector<NetworkTensor> requiredTensors(const LlmConfig& config)
{
    return tensorsOf(llmNetwork(config).network);
}

} // namespace vitrine::model
