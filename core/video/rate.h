#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// Frames per second as what they are, fractions.
namespace vitrine::video
{

struct Rate {
    std::int64_t numerator = 0, denominator = 1; // 0: unknown
    double perSecond() const
    {
        return static_cast<double>(numerator) / static_cast<double>(denominator);
    }
    friend bool operator==(const Rate&, const Rate&) = default;
};

// The fraction that a number stands for: the simplest one that gives it, 30000/1001 for
// 29.97002997...; unknown for numbers that are no rate.
Rate rateOf(double perSecond);

// The broadcast rate, a multiple of 1/1001, that people write with two or three decimals: 23.976,
// 23.98, 29.97, 59.94, 119.88. Other numbers as rateOf.
Rate writtenRate(double perSecond);

// "25", "30000/1001" or "30000:1001", "29.97"; from above 0 to 1000.
std::optional<Rate> parseRate(std::string_view text);

std::string rateText(const Rate& rate); // "25", "30000/1001 (29.97)"

} // namespace vitrine::video
