#pragma once

#include "core/tensor/tensor_view.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace vitrine::kernels
{

// A linear layer's weights [outputs, inputs], row-major, as they lie in the file: F32, F16 or BF16,
// perhaps unaligned.
struct Weights {
    DType type = DType::f32;
    const std::byte* data = nullptr;
    std::int64_t outputs = 0, inputs = 0;

    std::int64_t rowBytes() const { return inputs * static_cast<std::int64_t>(dtypeSize(type)); }
    const std::byte* row(std::int64_t output) const { return data + output * rowBytes(); }
};

// Whether the kernels can read this storage type.
bool canWiden(DType type);

// `count` values of type F32, F16 or BF16 as floats; exact.
void widen(DType type, const std::byte* source, std::int64_t count, float* out);

} // namespace vitrine::kernels
