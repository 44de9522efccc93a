#pragma once

#include "core/base/statistics.h"
#include "core/model/llm/llm.h"
#include "core/model/llm/next_tokens.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// One window of text read by the original and by another version of it. Every token but the first
// is predicted once.
struct WindowScore {
    std::int64_t predicted = 0;
    double natOriginal = 0, natOther = 0; // sums of -ln P(next token)
    double kl = 0;                        // sum of KL(original || other), nat
    std::int64_t sameBest = 0;            // how often both hold the same token for the likeliest

    friend bool operator==(const WindowScore&, const WindowScore&) = default;
};

// Argument error for fewer than two ids or ids outside the vocabulary; input error where a model
// has no language head.
Result<WindowScore> compareOnWindow(const model::Llm& original, const model::Llm& other,
                                    std::span<const std::int32_t> ids);

// The likeliest next tokens behind each position of one text, by both versions, likeliest first
// (the lower id among equals).
struct LikelyToken {
    std::int32_t id = 0;
    double probability = 0;

    friend bool operator==(const LikelyToken&, const LikelyToken&) = default;
};
struct PositionScore {
    double kl = 0; // KL(original || other), nat
    std::vector<LikelyToken> original = {}, other = {};
};
// `most` tokens of each version, fewer where the vocabulary is smaller. Both have the same rows and
// vocabulary.
std::vector<PositionScore> comparePositions(const model::NextTokens& original,
                                            const model::NextTokens& other, int most);

// What many windows say together. Intervals are percentile bootstraps over windows, which are drawn
// whole since their tokens depend on each other; 95 %.
struct TextScore {
    std::int64_t windows = 0, predicted = 0;
    double perplexityOriginal = 0, perplexityOther = 0;
    Interval original = {}, other = {};
    double ratio = 1;            // perplexityOther / perplexityOriginal
    Interval ratioInterval = {}; // of pairs: narrower than what the two intervals suggest
    double klMean = 0;           // nat per predicted token
    Interval klInterval = {};
    double sameBest = 1; // share of predicted tokens
};
TextScore textScore(std::span<const WindowScore> windows, std::uint64_t seed);

} // namespace vitrine::quant
