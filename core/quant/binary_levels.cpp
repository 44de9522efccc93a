#include "core/quant/binary_levels.h"

#include <algorithm>
#include <cassert>

namespace vitrine::quant
{

BinaryLevels::BinaryLevels(std::span<const float> scales) : count_(std::size_t{1} << scales.size())
{
    assert(!scales.empty() && scales.size() <= kMostCodes);
    for (std::size_t c = 0; c < count_; ++c) {
        levels_[c].code = static_cast<std::uint8_t>(c);
        for (std::size_t b = 0; b < scales.size(); ++b)
            levels_[c].value += (c >> b) & 1 ? scales[b] : -scales[b];
    }
    std::ranges::stable_sort(levels_.begin(), levels_.begin() + static_cast<std::ptrdiff_t>(count_),
                             {}, &Level::value);
    for (std::size_t i = 0; i + 1 < count_; ++i)
        middles_[i] = (static_cast<double>(levels_[i].value) + levels_[i + 1].value) / 2;
}

const BinaryLevels::Level& BinaryLevels::nearest(double weight) const
{
    std::size_t level = 0;
    for (std::size_t step = count_ / 2; step > 0; step /= 2)
        level += weight >= middles_[level + step - 1] ? step : 0;
    return levels_[level];
}

} // namespace vitrine::quant
