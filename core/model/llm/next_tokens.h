#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::model
{

// What a model says of the next token at some positions: logits and what belongs to them. Sums over
// the vocabulary are in double; the same logits give the same values for every thread count.
struct NextTokens {
    std::int64_t vocabulary = 1;
    std::vector<float> logits = {};      // [rows, vocabulary]
    std::vector<double> logSum = {};     // [rows]: ln sum exp
    std::vector<std::int32_t> best = {}; // [rows]: the likeliest, the lowest id among equals

    std::int64_t rows() const { return static_cast<std::int64_t>(best.size()); }
    std::span<const float> row(std::int64_t r) const
    {
        const auto width = static_cast<std::size_t>(vocabulary);
        return std::span(logits).subspan(static_cast<std::size_t>(r) * width, width);
    }
    double logProbability(std::int64_t r, std::int32_t id) const
    {
        return row(r)[static_cast<std::size_t>(id)] - logSum[static_cast<std::size_t>(r)];
    }
};
NextTokens nextTokens(std::vector<float> logits, std::int64_t vocabulary);

// exp(logit - logSum) of every entry, [rows, vocabulary].
std::vector<float> probabilities(const NextTokens& tokens);

// KL(p || q) of each row, in nat: sum of p (ln p - ln q). `p` is what probabilities(original) gave,
// so that it can be kept while q changes. Exactly 0 where the logits are the same.
std::vector<double> divergences(std::span<const float> p, const NextTokens& original,
                                const NextTokens& changed);

// exp of the mean of -ln P(ids[t + 1]) over t; NaN for fewer than two ids.
double perplexity(const NextTokens& tokens, std::span<const std::int32_t> ids);

} // namespace vitrine::model
