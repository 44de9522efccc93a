#pragma once

#include "core/base/result.h"
#include "core/quant/vision/value_range.h"

#include <span>
#include <vector>

namespace vitrine::quant
{

// Trio-ViT's channel-wise migration (section 3): the inputs of a depthwise convolution are divided
// by a factor per channel and its filters multiplied by it. All channels then reach about the same
// maximum, which one scale fits, and the filters' own scales take the factors in without any loss.
struct MigrationOptions {
    double quantile = 0.99; // of all elements; the threshold is at least that
    double least = 0.1, most = 64;
    bool powersOfTwo = false; // factors 2^0 .. 2^5, which a shifter divides by
};

struct Migration {
    double threshold = 0;        // T = max(mean over channels of m, quantile of all elements)
    std::vector<double> factors; // r_c = m_c / T within [least, most]; x_c / r_c, w_c r_c
};

// From the ranges of the channels, of which the signed maxima m_c count, and the quantile of all
// elements. A channel that is never above 0 gets the least factor. Input error where that is true
// of the whole map (T <= 0: the paper's maps come from Hardswish and are not like that), and for a
// channel without values or with NaN or infinity.
Result<Migration> migrationOf(std::span<const ValueRange> channels, double quantileOfAll,
                              const MigrationOptions& options = {});

// In place: filters [channels, weights of one] times the factors.
void multiplyFilters(std::span<float> filters, std::span<const double> factors);
// In place: a map [pixels, channels] by the factors.
void divideChannels(std::span<float> map, std::span<const double> factors);

} // namespace vitrine::quant
