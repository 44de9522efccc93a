#pragma once

#include "core/tensor/kernels/weights.h"
#include "core/tensor/tensor_view.h"

#include <cstddef>
#include <cstdint>

namespace vitrine::kernels
{

// Whether DenseWeights and widen read this storage type: F32, F16 and BF16.
bool canWiden(DType type);

// `count` values of type F32, F16 or BF16 as floats; exact. They may be unaligned.
void widen(DType type, const std::byte* source, std::int64_t count, float* out);

// Weights as they lie in a file, perhaps unaligned; they stay another's.
class DenseWeights final : public WeightMatrix
{
public:
    // `data`: outputs * inputs values of a type that can be widened.
    DenseWeights(DType type, const std::byte* data, std::int64_t outputs, std::int64_t inputs)
        : WeightMatrix(outputs, inputs), type_(type), data_(data)
    {
    }

    std::string_view kind() const override { return dtypeName(type_); }
    std::int64_t rowBytes() const override
    {
        return inputs() * static_cast<std::int64_t>(dtypeSize(type_));
    }
    void widen(std::int64_t begin, std::int64_t end, float* out) const override;
    const float* floats(std::int64_t row) const override;
    void dotRows(std::int64_t begin, std::int64_t end, const float* x, const float* tables,
                 float* y) const override;

private:
    const std::byte* row(std::int64_t output) const { return data_ + output * rowBytes(); }

    DType type_;
    const std::byte* data_;
};

} // namespace vitrine::kernels
