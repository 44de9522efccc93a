#include "core/model/llm/next_tokens.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace vitrine::model
{

NextTokens nextTokens(std::vector<float> logits, std::int64_t vocabulary)
{
    assert(logits.size() % static_cast<std::size_t>(vocabulary) == 0);
    NextTokens tokens{vocabulary, std::move(logits), {}, {}};
    const std::size_t rows = tokens.logits.size() / static_cast<std::size_t>(vocabulary);
    tokens.logSum.resize(rows);
    tokens.best.resize(rows);
    parallelFor(rows, [&](std::size_t r) {
        const auto row = tokens.row(static_cast<std::int64_t>(r));
        const auto top = std::ranges::max_element(row);
        double sum = 0;
        for (const float logit : row)
            sum += std::exp(static_cast<double>(logit) - static_cast<double>(*top));
        tokens.logSum[r] = static_cast<double>(*top) + std::log(sum);
        tokens.best[r] = static_cast<std::int32_t>(top - row.begin());
    });
    return tokens;
}

std::vector<float> probabilities(const NextTokens& tokens)
{
    std::vector<float> result(tokens.logits.size());
    const auto width = static_cast<std::size_t>(tokens.vocabulary);
    parallelFor(static_cast<std::size_t>(tokens.rows()), [&](std::size_t r) {
        const auto row = tokens.row(static_cast<std::int64_t>(r));
        for (std::size_t i = 0; i < width; ++i)
            result[r * width + i] =
                static_cast<float>(std::exp(static_cast<double>(row[i]) - tokens.logSum[r]));
    });
    return result;
}

std::vector<double> divergences(std::span<const float> p, const NextTokens& original,
                                const NextTokens& changed)
{
    assert(p.size() == original.logits.size() && p.size() == changed.logits.size());
    std::vector<double> result(static_cast<std::size_t>(original.rows()));
    const auto width = static_cast<std::size_t>(original.vocabulary);
    parallelFor(result.size(), [&](std::size_t r) {
        const auto a = original.row(static_cast<std::int64_t>(r));
        const auto b = changed.row(static_cast<std::int64_t>(r));
        // ln p - ln q = (a - b) - (logSum a - logSum b); the p of a row sum to 1.
        double sum = 0;
        for (std::size_t i = 0; i < width; ++i)
            sum += static_cast<double>(p[r * width + i]) *
                   (static_cast<double>(a[i]) - static_cast<double>(b[i]));
        result[r] = sum - (original.logSum[r] - changed.logSum[r]);
    });
    return result;
}

double perplexity(const NextTokens& tokens, std::span<const std::int32_t> ids)
{
    assert(tokens.rows() == static_cast<std::int64_t>(ids.size()));
    if (ids.size() < 2)
        return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    for (std::size_t t = 0; t + 1 < ids.size(); ++t)
        sum -= tokens.logProbability(static_cast<std::int64_t>(t), ids[t + 1]);
    return std::exp(sum / static_cast<double>(ids.size() - 1));
}

} // namespace vitrine::model
