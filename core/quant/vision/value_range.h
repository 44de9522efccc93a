#pragma once

#include "core/quant/vision/code_grid.h"

#include <cmath>
#include <limits>
#include <span>

namespace vitrine::quant
{

// Smallest and largest of the values seen so far; none yet where low > high.
struct ValueRange {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    bool isFinite = true; // no NaN or infinity among them

    bool isEmpty() const { return low > high; }
    void include(double x)
    {
        low = x < low ? x : low;
        high = x > high ? x : high;
        isFinite = isFinite && std::isfinite(x);
    }
    void include(std::span<const float> values)
    {
        for (const float x : values)
            include(static_cast<double>(x));
    }
    // Padding is zeros: a grid over this range has a code for them.
    ValueRange withZero() const
    {
        ValueRange wide = *this;
        wide.include(0.0);
        return wide;
    }
};

inline ValueRange rangeOf(std::span<const float> values)
{
    ValueRange range;
    range.include(values);
    return range;
}

} // namespace vitrine::quant
