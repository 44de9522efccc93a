#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace vitrine::learning::codec
{

constexpr uint32_t kFrequencySum = 65536;

constexpr double kLeastSigma = 0.11;
constexpr double kMostSigma = 64.0;
constexpr int kSigmas = 64;

// The deviations of the 64 Gaussian tables, spaced evenly in the logarithm.
std::array<double, kSigmas> sigmas();

// A frequency for each of the symbols first, first + 1, .., and one, the last, for the escape that
// stands for every other symbol. Each at least 1, their sum 65536.
struct Table {
    int16_t first = 0;
    std::vector<uint16_t> frequencies;

    int symbols() const { return static_cast<int>(frequencies.size()) - 1; }
};

// From probabilities of consecutive symbols, whose sum may miss 1 by what the escape gets: one
// each, the rest by probability, what rounding leaves to the largest remainders (at equality to the
// earlier).
Table tableOf(int16_t first, const std::vector<double>& probabilities);

// One for each of sigmas(): bins of width one around zero, out to 4.5 deviations.
std::vector<Table> gaussianTables();

// Bins around the integers out to where the density has 2^-16 left, 512 symbols at most.
Table logisticTable(double mean, double scale);

// Bits of a symbol by the table's frequencies; of one outside, those of the escape alone.
double bitsIn(const Table& table, int symbol);

} // namespace vitrine::learning::codec
