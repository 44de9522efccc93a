#pragma once

#include "core/tensor/kernels/int8_product.h"
#include "core/tensor/kernels/int8_tiles.h"

#include <array>
#include <vector>

namespace vitrine::kernels
{

struct Int8Product::Packed {
    Int8Tiles tiles;
    std::vector<std::int32_t> bias; // of whole blocks
    std::optional<SumRequantizer> requantizer;
    std::optional<std::array<std::int8_t, 256>> table;
};

// Rows and blocks of 16 outputs that one thread computes.
template <class Value>
struct Int8Band {
    const std::int8_t* x = nullptr;
    std::int64_t rows = 0, stride = 0;
    Value* y = nullptr;
    std::int64_t yStride = 0, firstBlock = 0, blocks = 0;
};

} // namespace vitrine::kernels
