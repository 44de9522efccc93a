#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

// A quantile near the top of many values, exactly as numpy's linear interpolation has it, without
// keeping more than those above it: (1 - q) of the values, 2 MB for 64 maps of 802 816 values and
// q = 0.99.
class UpperQuantile
{
public:
    // 0 <= q <= 1; at most `mostValues` will be added.
    UpperQuantile(double q, std::int64_t mostValues);

    // None of them NaN.
    void add(std::span<const float> values);
    std::int64_t count() const { return count_; }
    // Some values have been added.
    double value() const;

private:
    double q_;
    std::size_t kept_; // so many of the largest are enough for any count
    std::int64_t count_ = 0;
    std::vector<float> largest_; // a heap, the smallest at its front
};

} // namespace vitrine::quant
