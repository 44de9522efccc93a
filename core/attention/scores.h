#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::attention
{

// One head's queries and keys, [T, headSize] each, and how scores are made of them.
struct HeadScores {
    std::int64_t tokens = 0, headSize = 0;
    double scale = 1;
    std::int64_t window = 0; // 0: none
};

// First and one-past-last key that a query sees.
struct KeyRange {
    std::int64_t first = 0, end = 0;
};
KeyRange keysSeen(std::int64_t query, std::int64_t window);

// Log-sum-exp of each row's scaled scores over the keys it sees, in double. [T]
std::vector<double> rowLogSumExp(const HeadScores& head, std::span<const float> q,
                                 std::span<const float> k);

// Weights of rows [row, row + rows) and columns [column, column + columns): q holds these rows, k
// these columns, lse these rows. Masked entries are NaN.
void weightTile(const HeadScores& head, std::int64_t row, std::int64_t rows, std::int64_t column,
                std::int64_t columns, std::span<const float> q, std::span<const float> k,
                std::span<const double> lse, float* weights);

} // namespace vitrine::attention
