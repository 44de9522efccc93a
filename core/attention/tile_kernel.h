#pragma once

#include <cstdint>

namespace vitrine::attention
{

// Products of some queries with some keys: scores[r * columns + c] = sum_d q[r * headSize + d] *
// kT[d * columns + c]. Keys come transposed, [headSize, columns]. Sums are in double, so that a
// weight computed from them is exact to float whatever the size of the scores.
void productTile(const float* q, std::int64_t rows, const float* kT, std::int64_t columns,
                 std::int64_t headSize, double* scores);

// weights[i] = exp(scale * scores[i] - lse): the weights of one row.
void weightsOfRow(const double* scores, std::int64_t columns, double scale, double lse,
                  float* weights);

} // namespace vitrine::attention
