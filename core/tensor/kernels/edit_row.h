#pragma once

#include "core/tensor/kernels/softmax_row.h"
#include "core/tensor/kernels/weight_edit.h"

#include <cstdint>

namespace vitrine::kernels
{

// One row's unnormalised weights, as softmaxRow leaves them: e[j] is that of key low + j, and the
// query at `position` sees keys low .. position. Edited in place; `sum` stays valid.
struct EditedRow {
    bool modified = false, skipped = false;
    double mass = 0; // m of the row
    // Of the edited row, where `row` has statistics: -sum A ln A, and sum A (position - j).
    double entropy = 0, distance = 0;
};
EditedRow editRow(const WeightEdit& edit, const SoftmaxRow& row, std::int64_t low,
                  std::int64_t position, float* e);

} // namespace vitrine::kernels
