#include "core/model/llm/llm.h"

#include "core/model/llm/llm_finite.h"
#include "core/model/llm/llm_private.h"
#include "core/model/llm/llm_taps.h"
#include "core/tensor/kernels/multiply.h"

#include <algorithm>
#include <cmath>

namespace vitrine::model
{
namespace
{

Result<void> checkRequest(const LlmConfig& config, const ForwardRequest& request,
                          std::int64_t tokens)
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
    VITRINE_CHECK(checkEdits(config, request.edited, request.edit));
    if (request.fromLayer < 0 || request.fromLayer >= config.layers ||
        (request.fromLayer == 0 && !request.residual.empty()))
        return argumentError("a pass cannot go on from layer {}: 1 to {} expected",
                             request.fromLayer, config.layers - 1);
    if (request.fromLayer > 0 &&
        static_cast<std::int64_t>(request.residual.size()) != tokens * config.hidden)
        return argumentError("the residual stream has {} values, {} tokens of {} expected",
                             request.residual.size(), tokens, config.hidden);
    if (request.logits || request.lastRows > 0)
        VITRINE_CHECK(checkHead(config));
    if (request.lastRows < 0 || request.lastRows > tokens)
        return argumentError("logits of {} rows are not possible for {} tokens", request.lastRows,
                             tokens);
    if (request.cache && (request.fromLayer > 0 || request.cache->length() > 0 ||
                          request.cache->capacity() < tokens))
        return argumentError("{} tokens need an empty cache that holds them, and all layers",
                             tokens);
    if (request.thumbnailSide < 0)
        return argumentError("a thumbnail of side {} is not possible; 0 for none",
                             request.thumbnailSide);
    return {};
}

// Rows of heads side by side, to where the cache keeps each head apart.
void copyHeads(const LlmConfig& config, const std::vector<float>& rows, std::int64_t tokens,
               KeyValues to)
{
    const std::int64_t size = config.headSize, width = config.kvHeads * size;
    for (std::int64_t t = 0; t < tokens; ++t)
        for (std::int64_t h = 0; h < config.kvHeads; ++h)
            std::copy_n(rows.data() + t * width + h * size, size, to.at(h, t));
}

void finish(const LlmConfig& config, const LlmWeights& weights, const ForwardRequest& request,
            Activations& a, ForwardResult& result)
{
    const std::int64_t rows = request.lastRows > 0 ? request.lastRows
                              : request.logits     ? result.tokens
                                                   : 1;
    const std::int64_t from = request.hidden ? 0 : result.tokens - rows;
    normRows(config, weights.finalNorm, a.x.data() + from * config.hidden, result.tokens - from,
             a.normed.data() + from * config.hidden);
    if (request.hidden)
        result.hidden.push_back(a.normed);
    if (!config.languageHead)
        return;
    result.logits.resize(static_cast<std::size_t>(rows * config.vocabulary));
    computeLogits(config, *weights.head, a.normed.data() + (result.tokens - rows) * config.hidden,
                  rows, result.logits.data());
}

} // namespace

Llm::Llm(std::unique_ptr<Private> d) : d_(std::move(d)) {}
Llm::Llm(Llm&&) noexcept = default;
Llm& Llm::operator=(Llm&&) noexcept = default;
Llm::~Llm() = default;

Result<Llm> Llm::open(std::shared_ptr<const LlmCheckpoint> checkpoint,
                      const kernels::Relayout& relayout)
{
    const LlmConfig& config = checkpoint->config();
    VITRINE_CHECK(checkRotary(config));
    auto d = std::make_unique<Private>();
    VITRINE_TRY(d->weights, findWeights(*checkpoint, relayout));
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
    VITRINE_CHECK(checkRequest(c, request, static_cast<std::int64_t>(ids.size())));
    ForwardResult result;
    result.tokens = static_cast<std::int64_t>(ids.size());
    const std::int64_t tokens = result.tokens, keyWidth = c.kvHeads * c.headSize;

    Activations a(c, tokens);
    std::vector<float> keys(static_cast<std::size_t>(tokens * keyWidth)), values(keys.size());
    const RopeTable rope = ropeTable(d_->frequencies, 0, tokens);
    FiniteWatch watch(c, d_->weights, request.allowNotFinite);
    if (request.fromLayer > 0) {
        std::ranges::copy(request.residual, a.x.begin());
        if (!std::ranges::all_of(a.x, [](float value) { return std::isfinite(value); }))
            watch.giveUp(); // the pass that the residual comes from has told it
    } else {
        embed(*d_->weights.embedding, ids, a.x.data());
        VITRINE_CHECK(watch.embedded(ids, a.x, 0));
    }
    if (request.hidden)
        result.hidden.resize(static_cast<std::size_t>(request.fromLayer));
    Taps taps(c, request, result);
    for (int layer = request.fromLayer; layer < c.layers; ++layer) {
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
        VITRINE_CHECK(watch.heads(layer, a.mixed, tokens, 0));
        taps.end(layer, a.queries, keys);
        if (request.cache) {
            copyHeads(c, keys, tokens, request.cache->d_->keysOf(layer));
            copyHeads(c, values, tokens, request.cache->d_->valuesOf(layer));
        }
        mlpBlock(pass, a);
        VITRINE_CHECK(watch.layer(layer, a.x, tokens, 0));
    }
    if (request.cache)
        request.cache->d_->length = tokens;
    finish(c, d_->weights, request, a, result);
    if (request.hidden)
        VITRINE_CHECK(watch.behindLayers(result.hidden.back(), c.hidden, 0));
    VITRINE_CHECK(watch.behindLayers(result.logits, c.vocabulary,
                                     tokens - static_cast<std::int64_t>(result.logits.size()) /
                                                  c.vocabulary));
    result.notFinite = watch.found();
    return result;
}

Result<void> checkRotary(const LlmConfig& config)
{
    if (config.headSize % 2 != 0)
        return inputError("head size {} is odd; rotary embedding needs pairs", config.headSize);
    return {};
}

Result<void> checkHead(const LlmConfig& config)
{
    if (!config.languageHead)
        return inputError("the model has no language head: it can show attention, but no logits, "
                          "next tokens or perplexity");
    return {};
}

Result<void> checkEdits(const LlmConfig& config, const std::vector<LayerHead>& edited,
                        const DecideEdit& decide)
{
    for (const LayerHead& head : edited)
        if (head.layer < 0 || head.layer >= config.layers || head.head < 0 ||
            head.head >= config.heads)
            return argumentError(
                "there is no head {} in layer {}: the model has {} layers of {} heads", head.head,
                head.layer, config.layers, config.heads);
    if (std::ranges::adjacent_find(edited, std::ranges::greater_equal{}) != edited.end())
        return argumentError("the heads to edit must be sorted, each once");
    if (!edited.empty() && !decide)
        return argumentError("{} heads to edit, but nobody says how", edited.size());
    return {};
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

void computeLogits(const LlmConfig& config, const kernels::WeightMatrix& head, const float* normed,
                   std::int64_t rows, float* logits)
{
    const kernels::Product product{.weights = &head, .y = logits, .stride = config.vocabulary};
    kernels::multiply(normed, rows, config.hidden, {&product, 1});
}

} // namespace vitrine::model
