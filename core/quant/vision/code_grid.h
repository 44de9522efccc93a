#pragma once

#include "core/quant/vision/rounding.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace vitrine::quant
{

// The numbers that codes of `bits` bits stand for: (code - zero) * scale * 2^shifts[channel].
struct CodeGrid {
    int bits = 8;
    bool isSigned = true;
    double scale = 1; // > 0
    std::int64_t zero = 0;
    // Of each channel (column), P²-ViT's and FQ-ViT's power-of-two factors, 0 .. 3; empty: all 0.
    std::vector<std::uint8_t> shifts = {};

    std::int64_t low() const { return isSigned ? -(std::int64_t{1} << (bits - 1)) : 0; }
    std::int64_t high() const { return (std::int64_t{1} << (isSigned ? bits - 1 : bits)) - 1; }
    double scaleOf(std::size_t channel) const
    {
        return shifts.empty() ? scale : std::ldexp(scale, shifts[channel]);
    }
    // What the code stands for; exact where the scale is a power of two.
    double value(std::int64_t code, std::size_t channel = 0) const
    {
        return static_cast<double>(code - zero) * scaleOf(channel);
    }
    // The nearest code, at the ends of the grid where x lies beyond.
    std::int64_t code(double x, Rounding rounding, std::size_t channel = 0) const
    {
        const double whole = rounded(x / scaleOf(channel) + static_cast<double>(zero), rounding);
        return static_cast<std::int64_t>(
            std::clamp(whole, static_cast<double>(low()), static_cast<double>(high())));
    }
    double nearest(double x, Rounding rounding, std::size_t channel = 0) const
    {
        return value(code(x, rounding, channel), channel);
    }

    friend bool operator==(const CodeGrid&, const CodeGrid&) = default;
};

// 2^e for some whole e.
inline bool isPowerOfTwo(double x)
{
    int exponent = 0;
    return std::frexp(x, &exponent) == 0.5;
}

} // namespace vitrine::quant
