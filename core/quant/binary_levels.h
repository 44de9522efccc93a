#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::quant
{

inline constexpr int kMostCodes = 4; // planes of -1 and +1 of one group

// What 1 .. kMostCodes scales decode to, in ascending order, in the single precision of decodeRows.
class BinaryLevels
{
public:
    struct Level {
        float value = 0;
        std::uint8_t code = 0; // bit b: code b is +1
    };

    BinaryLevels() = default;
    explicit BinaryLevels(std::span<const float> scales);

    std::span<const Level> all() const { return {levels_.data(), count_}; }
    // The upper one of two that are equally near.
    const Level& nearest(double weight) const;

private:
    std::size_t count_ = 0;
    std::array<Level, 1 << kMostCodes> levels_ = {};
    std::array<double, 1 << kMostCodes> middles_ = {}; // [i]: between levels i and i + 1
};

} // namespace vitrine::quant
