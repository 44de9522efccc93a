#pragma once

#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>

namespace vitrine::kernels
{

struct Int8HeadsShape {
    std::int64_t heads = 0, headSize = 0, queries = 0, keys = 0;

    // No sum of a score is larger.
    std::int64_t mostScore() const { return headSize * 128 * 128; }
};

// Codes of all heads side by side, which may be columns of a wider matrix: row t of head h at codes
// + t * stride + h * headSize.
struct Int8Heads {
    const std::int8_t* codes = nullptr;
    std::int64_t stride = 0;
};

// q k^T of each head as codes: row r of head h at scores + (h * queries + r) * stride. `by` has
// `keys` outputs and a range of 8 bits. Parallel; equal results whatever the processor and the
// number of threads.
void int8Scores(const Int8HeadsShape& shape, Int8Heads q, Int8Heads k, const SumRequantizer& by,
                std::int8_t* scores, std::int64_t stride);

} // namespace vitrine::kernels
