#include "core/model/llm/llm_blockwise.h"

#include "core/model/llm/llm_private.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace vitrine::model
{
namespace
{

struct BlockLinear {
    Linear LayerWeights::*weights;
    std::size_t LlmBlock::*layer; // in the description
    LinearInput input;
};

constexpr std::array<BlockLinear, 7> kBlockLinears = {{
    {&LayerWeights::q, &LlmBlock::q, LinearInput::queriesKeysValues},
    {&LayerWeights::k, &LlmBlock::k, LinearInput::queriesKeysValues},
    {&LayerWeights::v, &LlmBlock::v, LinearInput::queriesKeysValues},
    {&LayerWeights::o, &LlmBlock::o, LinearInput::output},
    {&LayerWeights::gate, &LlmBlock::gate, LinearInput::gateUp},
    {&LayerWeights::up, &LlmBlock::up, LinearInput::gateUp},
    {&LayerWeights::down, &LlmBlock::down, LinearInput::down},
}};

} // namespace

Result<BlockwiseLlm> BlockwiseLlm::open(std::shared_ptr<const LlmCheckpoint> checkpoint)
{
    VITRINE_CHECK(checkRotary(checkpoint->config()));
    BlockwiseLlm llm;
    VITRINE_TRY(llm.weights_, findWeights(*checkpoint));
    llm.frequencies_ = ropeFrequencies(checkpoint->config());
    llm.checkpoint_ = std::move(checkpoint);
    return llm;
}

std::vector<BlockwiseLlm::LinearLayer> BlockwiseLlm::linearLayers(int block) const
{
    const auto index = static_cast<std::size_t>(block);
    std::vector<LinearLayer> found;
    for (const BlockLinear& linear : kBlockLinears) {
        const std::size_t layer = weights_.description.blocks[index].*linear.layer;
        found.push_back({weights_.description.network.layers[layer].tensors.front().name,
                         linear.input, (weights_.layers[index].*linear.weights).weights});
    }
    return found;
}

void BlockwiseLlm::replace(int block, const std::string& name, kernels::SharedWeights weights)
{
    const auto layers = linearLayers(block);
    const auto found = std::ranges::find(layers, name, &LinearLayer::name);
    assert(found != layers.end() && found->weights->outputs() == weights->outputs() &&
           found->weights->inputs() == weights->inputs());
    const auto& linear = kBlockLinears[static_cast<std::size_t>(found - layers.begin())];
    (weights_.layers[static_cast<std::size_t>(block)].*linear.weights).weights = std::move(weights);
}

Result<std::vector<float>> BlockwiseLlm::embedded(std::span<const std::int32_t> ids) const
{
    VITRINE_CHECK(checkIds(config(), ids));
    std::vector<float> residual(ids.size() * static_cast<std::size_t>(config().hidden));
    embed(*weights_.embedding, ids, residual.data());
    return residual;
}

void BlockwiseLlm::run(int block, std::vector<float>& residual, const InputTap& inputs) const
{
    const LlmConfig& c = config();
    const auto tokens = static_cast<std::int64_t>(residual.size()) / c.hidden;
    const std::int64_t keyWidth = c.kvHeads * c.headSize;
    Activations a(c, tokens);
    a.x.swap(residual);
    std::vector<float> keys(static_cast<std::size_t>(tokens * keyWidth)), values(keys.size());
    const RopeTable rope = ropeTable(frequencies_, 0, tokens);
    const LayerPass pass{.config = c,
                         .weights = weights_.layers[static_cast<std::size_t>(block)],
                         .rope = rope,
                         .tokens = tokens,
                         .keys = {keys.data(), c.headSize, keyWidth},
                         .values = {values.data(), c.headSize, keyWidth},
                         .taps = {},
                         .inputs = inputs ? &inputs : nullptr};
    attentionBlock(pass, a);
    mlpBlock(pass, a);
    residual.swap(a.x);
}

} // namespace vitrine::model
