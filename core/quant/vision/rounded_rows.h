#pragma once

#include <cstdint>
#include <span>

// What simulated_steps.h does with each number of a row, for many at once: the same operations of
// double precision in the same order, hence the same numbers on every processor.
namespace vitrine::quant
{

// Rows of sums, [rows, factors.size()], that become distances of codes from their grid's zero.
struct SumRows {
    double* sums = nullptr;
    std::int64_t rows = 0;
    std::span<const double> factors;     // of each column
    std::span<const double> biases = {}; // added first; of each column, or none
    double low = 0, high = 0;            // the ends of the grid, from its zero
};

// round(sum * factor), half-way up, of the rounded product of doubles: exact where factors are
// powers of two. Returns how many products lay half-way above an even number.
std::int64_t roundRows(const SumRows& rows);
// The same of the exact product, of whole sums below 2^31 with factors of 31 bits.
std::int64_t roundExactRows(const SumRows& rows);

// out = a * aBy + b * bBy for rows of aBy.size() columns, one factor of each; out may be a or b.
void addRows(const double* a, std::span<const double> aBy, const double* b,
             std::span<const double> bBy, std::int64_t rows, double* out);

} // namespace vitrine::quant
