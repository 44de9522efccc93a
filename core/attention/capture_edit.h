#pragma once

#include "core/attention/scores.h"
#include "core/tensor/kernels/weight_edit.h"

#include <cstdint>
#include <span>
#include <vector>

// How a capture keeps the map of a calibrated head: as the map before calibration (q, k, lse), and
// what each row of it is changed by.
namespace vitrine::attention
{

struct KeptEdit {
    std::vector<std::int32_t> columns = {}; // T, ascending
    double beta = 1;                        // what weights on them are multiplied by
    std::int64_t receiversFrom = 0;         // keys from here on, not in T, are multiplied by ...
    std::vector<double> factors = {};       // ... [T] the row's factor; 1: the row stays as it is
};

// The factors 1 + (1 - beta) m / r of every row, in double, from q and k [T, headSize] and their
// row log-sum-exp.
KeptEdit keptEdit(const kernels::WeightEdit& edit, const HeadScores& head, std::span<const float> q,
                  std::span<const float> k, std::span<const double> lse);

// A tile of the map before calibration becomes one of the calibrated map. Masked entries stay NaN.
void applyEdit(const KeptEdit& edit, std::int64_t row, std::int64_t rows, std::int64_t column,
               std::int64_t columns, float* weights);

} // namespace vitrine::attention
