#pragma once

#include "core/quant/power_of_two.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

inline constexpr int kMostCodes = 4; // planes of -1 and +1 of one group

enum class ScaleRounding {
    none,  // scales as they are fitted
    half,  // to half precision once they are fitted
    powers // to sums of powers of two in every round
};

struct BinaryFitSettings {
    int bits = 3; // 1 .. kMostCodes
    int rounds = 15;
    ScaleRounding rounding = ScaleRounding::half;
    int terms = 3;    // of ScaleRounding::powers
    int restarts = 0; // further fits that start at scales drawn from the seed
    std::uint64_t seed = 0;
};

struct BinaryFit {
    std::array<float, kMostCodes> scales = {};    // descending
    std::array<PowerSum, kMostCodes> powers = {}; // of ScaleRounding::powers
    // Sum of squared errors of the greedy start, then after each of its rounds. Without rounding in
    // the rounds it never grows; the scales kept are those of the least.
    std::vector<double> roundErrors;
};

// Scales of binary codes of one group: W ~ sum_b scale_b code_b (Xu et al., ICLR 2018: greedy
// start, then least squares for the scales and the nearest values for the codes by turns). At least
// one weight, all finite.
BinaryFit fitBinaryCodes(std::span<const double> weights, const BinaryFitSettings& how);

// The greedy start alone: scale b is the mean magnitude of what the scales before it left.
std::array<double, kMostCodes> greedyScales(std::span<const double> weights, int bits);

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
