#pragma once

#include "core/quant/vision/value_range.h"

#include <cassert>
#include <span>
#include <vector>

namespace vitrine::quant
{

// The range of each channel over the pixels of many pictures.
class ChannelRanges
{
public:
    explicit ChannelRanges(std::size_t channels) : ranges_(channels) {}

    // [pixels, channels], the channels of a pixel side by side.
    void add(std::span<const float> map)
    {
        assert(map.size() % ranges_.size() == 0);
        for (std::size_t first = 0; first < map.size(); first += ranges_.size())
            for (std::size_t channel = 0; channel < ranges_.size(); ++channel)
                ranges_[channel].include(static_cast<double>(map[first + channel]));
    }

    const std::vector<ValueRange>& ranges() const { return ranges_; }
    // Of all channels together.
    ValueRange whole() const
    {
        ValueRange all;
        for (const ValueRange& range : ranges_) {
            all.low = std::min(all.low, range.low);
            all.high = std::max(all.high, range.high);
            all.isFinite = all.isFinite && range.isFinite;
        }
        return all;
    }

private:
    std::vector<ValueRange> ranges_;
};

} // namespace vitrine::quant
