#pragma once

#include "core/attention/capture.h"

#include <cstdint>
#include <span>
#include <string>

namespace vitrine::attention
{

// May the maps of two captures be subtracted? Only where both saw the same tokens (number, ids and
// texts) with the same layers, heads and sliding window. Empty where they may, else why not: "the
// runs saw 5 and 7 tokens. Run both ...".
std::string whyNotComparable(const Capture& first, const Capture& second);

// Share of the attention mass that goes to other keys: total variation of the mean distribution
// over keys, sum_j |a[j] - b[j]| rows[j] / 2N, where a and b are column scores of captures that may
// be compared.
double massMoved(std::span<const float> a, std::span<const float> b,
                 std::span<const std::int32_t> rows);

} // namespace vitrine::attention
