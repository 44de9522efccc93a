#include "core/model/llm.h"

#include "core/model/llm_private.h"
#include "core/model/llm_taps.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>

namespace vitrine::model
{
namespace
{

Result<void> checkRequest(const LlmConfig& config, const ForwardRequest& request)
{
    for (const int layer : request.maps)
        if (layer < 0 || layer >= config.layers)
            return argumentError("there is no layer {}: the model has {}, counted from 0", layer,
                                 config.layers);
    for (const LayerHead& kept : request.keep)
        if (kept.layer < 0 || kept.layer >= config.layers || kept.head < 0 ||
            kept.head >= config.heads)
            return argumentError(
                "there is no head {} in layer {}: the model has {} layers of {} heads", kept.head,
                kept.layer, config.layers, config.heads);
    if (request.thumbnailSide < 0)
        return argumentError("a thumbnail of side {} is not possible; 0 for none",
                             request.thumbnailSide);
    return {};
}

void finish(const LlmConfig& config, const LlmWeights& weights, const ForwardRequest& request,
            Activations& a, ForwardResult& result)
{
    const std::int64_t rows = request.logits ? result.tokens : 1;
    const std::int64_t from = request.hidden ? 0 : result.tokens - rows;
    normRows(config, weights.finalNorm, a.x.data() + from * config.hidden, result.tokens - from,
             a.normed.data() + from * config.hidden);
    if (request.hidden)
        result.hidden.push_back(a.normed);
    result.logits.resize(static_cast<std::size_t>(rows * config.vocabulary));
    computeLogits(config, weights.head, a.normed.data() + (result.tokens - rows) * config.hidden,
                  rows, result.logits.data());
}

} // namespace

Llm::Llm(std::unique_ptr<Private> d) : d_(std::move(d)) {}
Llm::Llm(Llm&&) noexcept = default;
Llm& Llm::operator=(Llm&&) noexcept = default;
Llm::~Llm() = default;

Result<Llm> Llm::open(std::shared_ptr<const Checkpoint> checkpoint)
{
    const LlmConfig& config = checkpoint->config();
    if (config.headSize % 2 != 0)
        return inputError("head size {} is odd; rotary embedding needs pairs", config.headSize);
    auto d = std::make_unique<Private>();
    VITRINE_TRY(d->weights, findWeights(*checkpoint));
    d->frequencies = ropeFrequencies(config);
    d->checkpoint = std::move(checkpoint);
    return Llm(std::move(d));
}

const LlmConfig& Llm::config() const
{
    return d_->checkpoint->config();
}

Result<ForwardResult> Llm::forward(std::span<const std::int32_t> ids,
                                   const ForwardRequest& request) const
{
    const LlmConfig& c = config();
    VITRINE_CHECK(checkIds(c, ids));
    VITRINE_CHECK(checkRequest(c, request));
    ForwardResult result;
    result.tokens = static_cast<std::int64_t>(ids.size());
    const std::int64_t tokens = result.tokens, keyWidth = c.kvHeads * c.headSize;

    Activations a(c, tokens);
    std::vector<float> keys(static_cast<std::size_t>(tokens * keyWidth)), values(keys.size());
    const RopeTable rope = ropeTable(d_->frequencies, 0, tokens);
    embed(d_->weights.embedding, ids, a.x.data());
    Taps taps(c, request, result);
    for (int layer = 0; layer < c.layers; ++layer) {
        if (request.onLayer && !request.onLayer(layer))
            return cancelled();
        if (request.hidden)
            result.hidden.push_back(a.x);
        const LayerPass pass{.config = c,
                             .weights = d_->weights.layers[static_cast<std::size_t>(layer)],
                             .rope = rope,
                             .tokens = tokens,
                             .keys = {keys.data(), c.headSize, keyWidth},
                             .values = {values.data(), c.headSize, keyWidth},
                             .taps = taps.begin(layer)};
        attentionBlock(pass, a);
        taps.end(layer, a.queries, keys);
        mlpBlock(pass, a);
    }
    finish(c, d_->weights, request, a, result);
    return result;
}

Result<void> checkIds(const LlmConfig& config, std::span<const std::int32_t> ids)
{
    if (ids.empty())
        return argumentError("no tokens: the model needs at least one");
    const auto bad = std::ranges::find_if(
        ids, [&](std::int32_t id) { return id < 0 || id >= config.vocabulary; });
    if (bad != ids.end())
        return argumentError("token id {} at position {} is outside the vocabulary of {}", *bad,
                             bad - ids.begin(), config.vocabulary);
    return {};
}

void computeLogits(const LlmConfig& config, const kernels::Weights& head, const float* normed,
                   std::int64_t rows, float* logits)
{
    const kernels::Product product{.weights = head, .y = logits, .stride = config.vocabulary};
    kernels::multiply(normed, rows, config.hidden, {&product, 1});
}

} // namespace vitrine::model
