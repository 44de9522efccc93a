#include "core/model/llm_private.h"

#include <algorithm>
#include <limits>
#include <new>

namespace vitrine::model
{
namespace
{

constexpr std::int64_t kPromptRows = 512; // tokens of a prompt that go through the layers together

} // namespace

// Each head's keys and values are contiguous: [layer][keys, values][key head][capacity][head size].
struct Llm::Cache::Private {
    std::int64_t capacity = 0, length = 0, headSize = 0, kvHeads = 0;
    std::unique_ptr<float[]> values = {};

    KeyValues keysOf(std::int64_t layer) const { return at(2 * layer); }
    KeyValues valuesOf(std::int64_t layer) const { return at(2 * layer + 1); }
    KeyValues at(std::int64_t part) const
    {
        const std::int64_t head = capacity * headSize;
        return {values.get() + part * kvHeads * head, head, headSize};
    }
};

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

Llm::Cache::Cache(std::unique_ptr<Private> d) : d_(std::move(d)) {}
Llm::Cache::~Cache() = default;

std::int64_t Llm::Cache::length() const
{
    return d_->length;
}

std::int64_t Llm::Cache::capacity() const
{
    return d_->capacity;
}

Result<std::vector<float>> Llm::decode(Cache& cache, std::span<const std::int32_t> ids) const
{
    const LlmConfig& c = config();
    Cache::Private& d = *cache.d_;
    VITRINE_CHECK(checkIds(c, ids));
    const auto count = static_cast<std::int64_t>(ids.size());
    if (count > d.capacity - d.length)
        return argumentError("{} more tokens do not fit the cache: {} of {} are taken", count,
                             d.length, d.capacity);

    Activations a(c, std::min(count, kPromptRows));
    std::int64_t rows = 0;
    for (std::int64_t t = 0; t < count; t += rows) {
        rows = std::min(kPromptRows, count - t);
        const RopeTable rope = ropeTable(d_->frequencies, d.length, rows);
        embed(d_->weights.embedding,
              ids.subspan(static_cast<std::size_t>(t), static_cast<std::size_t>(rows)), a.x.data());
        for (std::int64_t layer = 0; layer < c.layers; ++layer) {
            const LayerPass pass{.config = c,
                                 .weights = d_->weights.layers[static_cast<std::size_t>(layer)],
                                 .rope = rope,
                                 .first = d.length,
                                 .tokens = rows,
                                 .keys = d.keysOf(layer),
                                 .values = d.valuesOf(layer),
                                 .taps = {}};
            attentionBlock(pass, a);
            mlpBlock(pass, a);
        }
        d.length += rows;
    }
    std::vector<float> logits(static_cast<std::size_t>(c.vocabulary));
    normRows(c, d_->weights.finalNorm, a.x.data() + (rows - 1) * c.hidden, 1, a.normed.data());
    computeLogits(c, d_->weights.head, a.normed.data(), 1, logits.data());
    return logits;
}

} // namespace vitrine::model
