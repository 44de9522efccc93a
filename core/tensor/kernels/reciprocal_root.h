#pragma once

#include <bit>
#include <cstdint>

namespace vitrine::kernels
{

// 1 / sqrt(D) as mantissa * 2^exponent, 2^15 <= mantissa <= 2^16, rounded as a divider of 16 bits
// does: at most 2^-14 off, relative. D = 0 gives {0, 0}.
struct ReciprocalRoot {
    std::int64_t mantissa = 0;
    int exponent = 0;
};

// The largest whole number whose square is at most n, digit by digit; n below 2^32.
inline std::uint64_t flooredRoot(std::uint64_t n)
{
    std::uint64_t root = 0;
    for (int digit = 15; digit >= 0; --digit) {
        const std::uint64_t longer = root | (std::uint64_t{1} << digit);
        root = longer * longer <= n ? longer : root;
    }
    return root;
}

inline ReciprocalRoot reciprocalRoot(std::uint64_t d)
{
    if (d == 0)
        return {};
    // D 4^f of 31 or 32 bits has a root R of 16; then 1 / sqrt(D) = 2^f / R.
    const int spare = 32 - static_cast<int>(std::bit_width(d));
    const int f = spare >> 1;
    const std::uint64_t root = flooredRoot(f >= 0 ? d << (2 * f) : d >> (-2 * f));
    return {static_cast<std::int64_t>((std::uint64_t{1} << 31) / root), f - 31};
}

} // namespace vitrine::kernels
