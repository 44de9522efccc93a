#include "core/quant/vision/shiftmax.h"

#include <algorithm>
#include <cassert>

namespace vitrine::quant
{

bool Shiftmax::row(std::span<const std::int8_t> scores, std::span<std::int8_t> weights) const
{
    assert(weights.size() == scores.size());
    if (scores.empty())
        return true;
    constexpr std::int64_t kMost = (std::int64_t{1} << 31) - 1;
    const int largest = std::ranges::max(scores);
    std::int64_t sum = 0;
    for (const std::int8_t score : scores)
        sum += exponential_.of(score - largest);
    const std::int64_t factor = kMost / std::min(sum, kMost);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const std::int64_t weight = (exponential_.of(scores[i] - largest) * factor) >> 24;
        weights[i] = static_cast<std::int8_t>(std::min(weight, std::int64_t{127}));
    }
    return sum <= kMost;
}

} // namespace vitrine::quant
