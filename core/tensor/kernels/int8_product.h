#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace vitrine::kernels
{

// Weights of a linear layer in whole numbers. A zero point z of the inputs belongs into the bias:
// -z times the sum of each output's codes.
struct Int8Layer {
    std::int64_t outputs = 0, inputs = 0;
    const std::int8_t* codes = nullptr; // [outputs, inputs]
    const std::int32_t* bias = nullptr; // [outputs] or nullptr
};

// What becomes of the sums.
struct AfterSums {
    std::span<const SumFactor> factors; // one for all outputs, or one of each
    CodeRange range = {};
    const std::int8_t* table = nullptr; // [256]: of code c, at c + 128; or nullptr
};

// Codes of 8 bits with a sign times weights, the sum of each output in 32 bits, exact; then codes
// of another grid. Copies share the weights.
class Int8Product
{
public:
    // All is copied. Argument error for factors or codes outside their ranges, for a table with
    // codes of more than 8 bits, and where a sum may not fit 32 bits.
    static Result<Int8Product> make(const Int8Layer& layer, const AfterSums& after);
    // For sums alone.
    static Result<Int8Product> make(const Int8Layer& layer);

    std::int64_t outputs() const;
    std::int64_t inputs() const;

    // Row r of x at x + r * stride, row r of y at y + r * yStride; x and y do not overlap.
    // Parallel; equal results whatever the processor and the number of threads. Any thread, several
    // at once. Codes of 8 bits need a range of 8 bits.
    void run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int8_t* y,
             std::int64_t yStride) const;
    // Without a table.
    void run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int16_t* y,
             std::int64_t yStride) const;
    // The sums with their bias.
    void run(const std::int8_t* x, std::int64_t rows, std::int64_t stride, std::int32_t* y,
             std::int64_t yStride) const;

    struct Packed;

private:
    explicit Int8Product(std::shared_ptr<const Packed> packed) : packed_(std::move(packed)) {}
    template <class Value>
    void runRows(const std::int8_t* x, std::int64_t rows, std::int64_t stride, Value* y,
                 std::int64_t yStride) const;
    std::shared_ptr<const Packed> packed_;
};

} // namespace vitrine::kernels
