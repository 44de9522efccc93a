#include "core/quant/model_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vitrine::quant
{
namespace
{

Result<model::NextTokens> readWindow(const model::Llm& llm, std::span<const std::int32_t> ids)
{
    VITRINE_TRY(auto result, llm.forward(ids));
    return model::nextTokens(std::move(result.logits), llm.config().vocabulary);
}

std::vector<LikelyToken> likeliest(const model::NextTokens& tokens, std::int64_t row, int most)
{
    const auto logits = tokens.row(row);
    std::vector<std::int32_t> ids(logits.size());
    std::iota(ids.begin(), ids.end(), 0);
    const auto count = std::min(ids.size(), static_cast<std::size_t>(std::max(most, 0)));
    const auto end = ids.begin() + static_cast<std::ptrdiff_t>(count);
    std::partial_sort(ids.begin(), end, ids.end(), [&](std::int32_t a, std::int32_t b) {
        const float of = logits[static_cast<std::size_t>(a)],
                    other = logits[static_cast<std::size_t>(b)];
        return of > other || (of == other && a < b);
    });
    std::vector<LikelyToken> likely;
    for (std::size_t i = 0; i < count; ++i)
        likely.push_back({ids[i], std::exp(tokens.logProbability(row, ids[i]))});
    return likely;
}

Interval exponential(const Interval& interval)
{
    return {std::exp(interval.low), std::exp(interval.high)};
}

} // namespace

Result<WindowScore> compareOnWindow(const model::Llm& original, const model::Llm& other,
                                    std::span<const std::int32_t> ids)
{
    if (ids.size() < 2)
        return argumentError("a window of {} tokens predicts nothing", ids.size());
    VITRINE_TRY(const model::NextTokens a, readWindow(original, ids));
    VITRINE_TRY(const model::NextTokens b, readWindow(other, ids));
    const std::vector<double> kl = model::divergences(model::probabilities(a), a, b);
    WindowScore score;
    for (std::size_t t = 0; t + 1 < ids.size(); ++t) {
        const auto row = static_cast<std::int64_t>(t);
        ++score.predicted;
        score.natOriginal -= a.logProbability(row, ids[t + 1]);
        score.natOther -= b.logProbability(row, ids[t + 1]);
        score.kl += kl[t];
        score.sameBest += a.best[t] == b.best[t];
    }
    return score;
}

std::vector<PositionScore> comparePositions(const model::NextTokens& original,
                                            const model::NextTokens& other, int most)
{
    const std::vector<double> kl =
        model::divergences(model::probabilities(original), original, other);
    std::vector<PositionScore> positions;
    for (std::size_t t = 0; t < kl.size(); ++t) {
        const auto row = static_cast<std::int64_t>(t);
        positions.push_back({kl[t], likeliest(original, row, most), likeliest(other, row, most)});
    }
    return positions;
}

TextScore textScore(std::span<const WindowScore> windows, std::uint64_t seed)
{
    TextScore text;
    std::vector<double> predicted, original, other, difference, kl;
    double natOriginal = 0, natOther = 0, sameBest = 0, klSum = 0;
    for (const WindowScore& window : windows) {
        ++text.windows;
        text.predicted += window.predicted;
        predicted.push_back(static_cast<double>(window.predicted));
        original.push_back(window.natOriginal);
        other.push_back(window.natOther);
        difference.push_back(window.natOther - window.natOriginal);
        kl.push_back(window.kl);
        natOriginal += window.natOriginal;
        natOther += window.natOther;
        klSum += window.kl;
        sameBest += static_cast<double>(window.sameBest);
    }
    const auto tokens = text.predicted > 0 ? static_cast<double>(text.predicted)
                                           : std::numeric_limits<double>::quiet_NaN();
    text.perplexityOriginal = std::exp(natOriginal / tokens);
    text.perplexityOther = std::exp(natOther / tokens);
    text.ratio = std::exp((natOther - natOriginal) / tokens);
    text.klMean = klSum / tokens;
    text.sameBest = sameBest / tokens;
    text.original = exponential(bootstrapRatio(original, predicted, seed));
    text.other = exponential(bootstrapRatio(other, predicted, seed));
    text.ratioInterval = exponential(bootstrapRatio(difference, predicted, seed));
    text.klInterval = bootstrapRatio(kl, predicted, seed);
    return text;
}

} // namespace vitrine::quant
