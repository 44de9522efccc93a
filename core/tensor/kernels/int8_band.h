#pragma once

#include "core/tensor/kernels/int8_tiles.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>

namespace vitrine::kernels
{

// A product in whole numbers and what becomes of its sums.
struct Int8Sums {
    const Int8Tiles* tiles = nullptr;            // by packRows
    const std::int32_t* bias = nullptr;          // of whole blocks, or nullptr
    const SumRequantizer* requantizer = nullptr; // where codes are wanted
    const std::int8_t* table = nullptr;          // [256], of codes of 8 bits, or nullptr
};

// Rows and blocks of 16 outputs that one thread computes: row r of x at x + r * stride, output o of
// row r, also where the band does not begin with the first, at y[r * yStride + o].
template <class Value>
struct Int8Band {
    const std::int8_t* x = nullptr;
    std::int64_t rows = 0, stride = 0;
    Value* y = nullptr;
    std::int64_t yStride = 0, firstBlock = 0, blocks = 0;
};

void multiplyBand(const Int8Sums& sums, const Int8Band<std::int8_t>& band);
void multiplyBand(const Int8Sums& sums, const Int8Band<std::int16_t>& band);
void multiplyBand(const Int8Sums& sums, const Int8Band<std::int32_t>& band); // the sums

} // namespace vitrine::kernels
