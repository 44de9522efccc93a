#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/int8_scores.h"

#include <optional>

namespace vitrine::kernels
{

// What attention in powers of two gives: the sum over the keys of v << (15 - code) for weights
// 2^-code, codes 0 to 15; a code of 16 or more is a weight of 0. Whole numbers, exact; then codes.
class ShiftedValues
{
public:
    static constexpr int kFractionBits = 15; // of the sums
    static constexpr std::uint8_t kNoWeight = 16;

    // Argument error for a factor or a range outside what SumRequantizer takes, and for more than
    // 511 keys with a multiplier (sums have more than 32 bits then) or more than 65535.
    static Result<ShiftedValues> make(const Int8HeadsShape& shape, SumFactor factor,
                                      CodeRange range);

    // Weights: row r of head h at codes + (h * queries + r) * stride. Output: row r of head h at
    // y + r * yStride + h * headSize; codes of 8 bits. Parallel; equal results whatever the
    // processor and the number of threads.
    void run(const std::uint8_t* codes, std::int64_t stride, Int8Heads v, std::int8_t* y,
             std::int64_t yStride) const;

private:
    ShiftedValues() = default;

    Int8HeadsShape shape_;
    SumFactor factor_;
    CodeRange range_;
    std::optional<SumRequantizer> requantizer_; // where sums fit 32 bits
};

} // namespace vitrine::kernels
