#pragma once

#include <cstdint>

// Loops over the values of whole rows, parallel, each bit-identical for every thread count.
namespace vitrine::kernels
{

// out[r][i] = (x[r][i] - mean) / sqrt(variance + epsilon) * weight[i] + bias[i], over the values of
// each row; the variance is that of the row itself (divided by its length). Sums are double, as the
// rows of a transformer hold single values far from the rest. out may be x.
void layerNorm(const float* x, std::int64_t rows, std::int64_t columns, const float* weight,
               const float* bias, float epsilon, float* out);

// out = a + b, `count` values. out may be either.
void addTo(const float* a, const float* b, std::int64_t count, float* out);

// x = softmax(scale * x + bias) of each row, in place; bias [columns] of row r lies at bias + r *
// stride, or nullptr. A row with a value that is not finite becomes NaN.
void softmaxRows(float* x, std::int64_t rows, std::int64_t columns, float scale, const float* bias,
                 std::int64_t stride);

void gelu(float* x, std::int64_t count);      // exact, with erf; in place
void hardSwish(float* x, std::int64_t count); // x clamp(x + 3, 0, 6) / 6; in place
void relu(float* x, std::int64_t count);

} // namespace vitrine::kernels
