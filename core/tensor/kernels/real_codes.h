#pragma once

#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <span>

namespace vitrine::kernels
{

// The grid of codes for real numbers.
struct RealGrid {
    double scale = 1; // above 0
    std::int32_t zero = 0;
    CodeRange range = {}; // of 8 bits
};

// codes[i] = round(x[i] / scale + zero) in double precision, half-way up: one above its floor where
// it is at least a half above it; beyond the range the nearest of its ends. NaN gives 0. Parallel;
// equal results whatever the processor and the number of threads.
void realCodes(std::span<const float> x, const RealGrid& grid, std::int8_t* codes);

} // namespace vitrine::kernels
