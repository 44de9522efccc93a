#include "core/model/llm/llm_finite.h"
#include "core/model/llm/llm_private.h"
#include "core/model/llm/llm_taps.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kPromptRows = 512; // tokens of a prompt that go through the layers together

} // namespace

Result<std::unique_ptr<Llm::Cache>> Llm::newCache(std::int64_t capacity) const
{
    const LlmConfig& c = config();
    if (capacity < 1)
        return argumentError("a cache for {} tokens is not possible; at least 1", capacity);
    const std::int64_t perToken = 2 * c.layers * c.kvHeads * c.headSize;
    if (capacity > std::numeric_limits<std::int64_t>::max() / 4 / perToken)
        return argumentError("a cache for {} tokens does not fit the memory", capacity);
    auto d = std::make_unique<Cache::Private>(
        Cache::Private{.capacity = capacity, .headSize = c.headSize, .kvHeads = c.kvHeads});
    d->values.reset(new (std::nothrow) float[static_cast<std::size_t>(perToken * capacity)]);
    if (!d->values)
        return failure("a cache for {} tokens does not fit the memory", capacity);
    return std::unique_ptr<Cache>(new Cache(std::move(d)));
}

LlmCache::LlmCache(std::unique_ptr<Private> d) : d_(std::move(d)) {}
LlmCache::~LlmCache() = default;

std::int64_t LlmCache::length() const
{
    return d_->length;
}

std::int64_t LlmCache::capacity() const
{
    return d_->capacity;
}

void LlmCache::rewind(std::int64_t length)
{
    assert(length >= 0 && length <= d_->length);
    d_->length = length;
}

Result<std::vector<float>> Llm::decode(Cache& cache, std::span<const std::int32_t> ids) const
{
    VITRINE_TRY(DecodeResult result, decode(cache, ids, DecodeRequest{}));
    return std::move(result.logits);
}

Result<DecodeResult> Llm::decode(Cache& cache, std::span<const std::int32_t> ids,
                                 const DecodeRequest& request) const
{
    const LlmConfig& c = config();
    Cache::Private& d = *cache.d_;
    VITRINE_CHECK(checkHead(c));
    VITRINE_CHECK(checkIds(c, ids));
    VITRINE_CHECK(checkEdits(c, request.edited, request.edit));
    const auto count = static_cast<std::int64_t>(ids.size());
    if (count > d.capacity - d.length)
        return argumentError("{} more tokens do not fit the cache: {} of {} are taken", count,
                             d.length, d.capacity);
    if (request.lastRows < 1 || request.lastRows > count)
        return argumentError("logits of {} rows are not possible where {} are decoded",
                             request.lastRows, count);

    // Together where somebody needs to see all rows of a head, or all logits.
    const bool together = !request.edited.empty() || request.lastRows > 1;
    const std::int64_t step = together ? count : std::min(count, kPromptRows);
    Activations a(c, step);
    FiniteWatch watch(c, d_->weights, false);
    DecodeResult result;
    std::vector<kernels::HeadTap> taps;
    std::int64_t rows = 0;
    for (std::int64_t t = 0; t < count; t += rows) {
        rows = std::min(step, count - t);
        const RopeTable rope = ropeTable(d_->frequencies, d.length, rows);
        const auto columnRows = request.edited.empty()
                                    ? std::vector<std::int32_t>{}
                                    : rowsPerColumn(d.length, rows, c.slidingWindow);
        const auto read = ids.subspan(static_cast<std::size_t>(t), static_cast<std::size_t>(rows));
        embed(*d_->weights.embedding, read, a.x.data());
        VITRINE_CHECK(watch.embedded(read, a.x, d.length));
        for (int layer = 0; layer < c.layers; ++layer) {
            const bool isEdited = std::ranges::any_of(
                request.edited, [&](const LayerHead& head) { return head.layer == layer; });
            taps.assign(isEdited ? static_cast<std::size_t>(c.heads) : 0, {});
            if (isEdited)
                addEdits(request.edited, request.edit, layer, d.length, columnRows, taps);
            const LayerPass pass{.config = c,
                                 .weights = d_->weights.layers[static_cast<std::size_t>(layer)],
                                 .rope = rope,
                                 .first = d.length,
                                 .tokens = rows,
                                 .keys = d.keysOf(layer),
                                 .values = d.valuesOf(layer),
                                 .taps = taps};
            attentionBlock(pass, a);
            VITRINE_CHECK(watch.heads(layer, a.mixed, rows, d.length));
            if (isEdited)
                takeEdits(request.edited, layer, taps, result.edited);
            mlpBlock(pass, a);
            VITRINE_CHECK(watch.layer(layer, a.x, rows, d.length));
        }
        d.length += rows;
    }
    const std::int64_t from = rows - request.lastRows;
    result.logits.resize(static_cast<std::size_t>(request.lastRows * c.vocabulary));
    normRows(c, d_->weights.finalNorm, a.x.data() + from * c.hidden, request.lastRows,
             a.normed.data());
    computeLogits(c, *d_->weights.head, a.normed.data(), request.lastRows, result.logits.data());
    VITRINE_CHECK(watch.behindLayers(result.logits, c.vocabulary, d.length - request.lastRows));
    return result;
}

} // namespace vitrine::model
