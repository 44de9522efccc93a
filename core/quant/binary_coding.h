#pragma once

#include "core/quant/binary_levels.h"
#include "core/quant/power_of_two.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

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

} // namespace vitrine::quant
