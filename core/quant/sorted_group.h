#pragma once

#include "core/quant/binary_levels.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::quant
{

using Scales = std::array<double, kMostCodes>;

// A group's weights in ascending order with the sums of the first i of them and of their squares.
// Codes of nearest values are intervals of it, so that a round needs no look at each weight.
struct SortedGroup {
    explicit SortedGroup(std::span<const double> weights);

    std::size_t position(double x) const; // of the first weight that is not below x

    std::vector<double> values, sums, squares;
};

// Weights [begin, end) of a sorted group and what they are coded as.
struct CodeInterval {
    std::size_t begin = 0, end = 0;
    std::uint8_t code = 0;
    double value = 0;

    friend bool operator==(const CodeInterval&, const CodeInterval&) = default;
};

// All of a group, in ascending order of values.
struct Coding {
    std::array<CodeInterval, 1 << kMostCodes> intervals = {};
    std::size_t count = 0;

    std::span<CodeInterval> all() { return {intervals.data(), count}; }
    std::span<const CodeInterval> all() const { return {intervals.data(), count}; }
    friend bool operator==(const Coding&, const Coding&) = default;
};

double squaredError(const SortedGroup& group, const Coding& coding);

// The greedy start: each plane's scale is the mean magnitude of what the planes before it left, its
// code the sign of it, +1 for 0.
Coding greedyCoding(const SortedGroup& group, int bits, Scales& scales);

// Each weight as the nearest of the sums of scales, the upper one of two that are equally near.
Coding nearestCoding(const SortedGroup& group, int bits, const Scales& scales);

// argmin |w - B alpha|^2, of several (two planes may be equal) the one that is nearest to the
// scales before; as magnitudes in descending order. The shortest one would make such planes' scales
// equal, and they would stay so.
Scales leastSquares(const SortedGroup& group, const Coding& coding, const Scales& before, int bits);

} // namespace vitrine::quant
