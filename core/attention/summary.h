#pragma once

#include <cstdint>
#include <span>

#include "core/attention/scores.h"
#include "core/model/llm/llm.h"

namespace vitrine::attention
{

// The summary (core/model/llm/llm.h) of a causal map that is there as a whole: row-major [T, T],
// what lies outside of the mask is not read. For maps captured elsewhere; a forward pass computes
// its summaries while it runs.
model::HeadSummary summaryOfMap(std::span<const float> map, std::int64_t tokens,
                                std::int64_t window = 0);

// The same of queries and keys, [T, headSize] each, without holding the map.
model::HeadSummary summaryOfHead(const HeadScores& head, std::span<const float> q,
                                 std::span<const float> k);

} // namespace vitrine::attention
