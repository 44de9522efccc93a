#include "core/base/random.h"
#include "core/model/llm/llm.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vitrine::model
{
namespace
{

std::int32_t greedy(std::span<const float> logits)
{
    return static_cast<std::int32_t>(std::ranges::max_element(logits) -
                                     logits.begin()); // the first of equals
}

// The ids that may be drawn, likeliest first (lower id first among equals).
std::vector<std::int32_t> candidates(std::span<const float> logits, int topK)
{
    std::vector<std::int32_t> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    const auto better = [&](std::int32_t a, std::int32_t b) {
        const float x = logits[static_cast<std::size_t>(a)],
                    y = logits[static_cast<std::size_t>(b)];
        return x != y ? x > y : a < b;
    };
    const auto keep = topK > 0 ? std::min(ids.size(), static_cast<std::size_t>(topK)) : ids.size();
    std::partial_sort(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(keep), ids.end(),
                      better);
    ids.resize(keep);
    return ids;
}

std::int32_t draw(std::span<const float> logits, const Sampling& sampling, Random& random)
{
    const std::vector<std::int32_t> ids = candidates(logits, sampling.topK);
    const double top = logits[static_cast<std::size_t>(ids.front())];
    std::vector<double> cumulative(ids.size());
    double sum = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        sum += std::exp((logits[static_cast<std::size_t>(ids[i])] - top) / sampling.temperature);
        cumulative[i] = sum;
    }
    const auto chosen = std::ranges::upper_bound(cumulative, random.uniform() * sum);
    return ids[std::min(static_cast<std::size_t>(chosen - cumulative.begin()), ids.size() - 1)];
}

Result<void> checkSampling(const Sampling& sampling)
{
    if (sampling.maxTokens < 0)
        return argumentError("max_tokens is {}; 0 or more expected", sampling.maxTokens);
    if (!(sampling.temperature >= 0) || !std::isfinite(sampling.temperature))
        return argumentError("temperature is {}; 0 (greedy) or more expected",
                             sampling.temperature);
    if (sampling.topK < 0)
        return argumentError("top_k is {}; 0 (all) or more expected", sampling.topK);
    return {};
}

} // namespace

Result<std::vector<std::int32_t>>
generate(const NextLogits& next, std::span<const std::int32_t> ids, const Sampling& sampling,
         const std::vector<std::int64_t>& eos, const std::function<bool(std::int32_t)>& onToken)
{
    VITRINE_CHECK(checkSampling(sampling));
    std::vector<std::int32_t> generated;
    if (sampling.maxTokens == 0)
        return generated;
    VITRINE_TRY(std::vector<float> logits, next(ids));
    Random random(sampling.seed);
    for (;;) {
        const std::int32_t id =
            sampling.temperature > 0 ? draw(logits, sampling, random) : greedy(logits);
        generated.push_back(id);
        const bool ended = std::ranges::find(eos, id) != eos.end() || (onToken && !onToken(id));
        if (ended || static_cast<int>(generated.size()) >= sampling.maxTokens)
            return generated;
        VITRINE_TRY(logits, next(std::span(&id, 1)));
    }
}

Result<std::vector<std::int32_t>> generate(const Llm& llm, std::span<const std::int32_t> ids,
                                           const Sampling& sampling,
                                           const std::vector<std::int64_t>& eos,
                                           const std::function<bool(std::int32_t)>& onToken)
{
    std::unique_ptr<Llm::Cache> cache;
    const auto next = [&](std::span<const std::int32_t> more) -> Result<std::vector<float>> {
        if (!cache) {
            VITRINE_TRY(cache,
                        llm.newCache(static_cast<std::int64_t>(more.size()) + sampling.maxTokens));
        }
        return llm.decode(*cache, more);
    };
    return generate(next, ids, sampling, eos, onToken);
}

} // namespace vitrine::model
