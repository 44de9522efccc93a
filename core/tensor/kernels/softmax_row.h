#pragma once

#include <cstdint>

namespace vitrine::kernels
{

// What one row of scores has become. With x = scale * s, m = max x and e = exp(x - m):
struct SoftmaxRow {
    float maximum = 0;  // m
    float sum = 0;      // sum of e
    float weighted = 0; // sum of e * (x - m), with statistics only
    float distance = 0; // sum of e * (count - 1 - j), with statistics only
};

// Replaces scores[0..count) by e, not yet divided by their sum. Reads and writes (zeros) up to
// kRowPadding entries behind the row. The row and its sum do not depend on whether statistics are
// asked for. A row with a score that is not finite becomes NaN, and so do its sums.
inline constexpr std::int64_t kRowPadding = 64;
SoftmaxRow softmaxRow(float* scores, std::int64_t count, float scale, bool statistics);

// Over `rows` rows of `columns` entries (row r at e + r * stride), p = e * inverse[r]: adds the sum
// over the rows to columnSum and raises columnMax to the largest. columnMax may be null. Reads up
// to kRowPadding entries behind each row, writes as many behind columnSum and columnMax.
void addColumns(const float* e, std::int64_t rows, std::int64_t stride, std::int64_t columns,
                const float* inverse, float* columnSum, float* columnMax);

float largest(const float* x, std::int64_t count); // count >= 1

// x[i] *= factor
void scaleBy(float* x, std::int64_t count, float factor);

} // namespace vitrine::kernels
