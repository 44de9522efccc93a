#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::kernels
{

// Rows of codes on grids of their own become rows of another: for each column, the sum of a *
// aFactor, b * bFactor and the bias, as a code. Where scales are powers of two the factors are,
// too, and a product is a shift.
struct CodeSumShape {
    // One for each column; `bFactors` is empty for rows that are alone, `bias` may be empty.
    std::span<const std::int32_t> aFactors, bFactors = {}, bias = {};
};

class CodeSum
{
public:
    // `after`: one for all columns, or one of each. Argument error for other numbers of them, for
    // a range beyond 8 bits, and where a sum may not fit 32 bits.
    static Result<CodeSum> make(const CodeSumShape& shape, std::span<const SumFactor> after,
                                CodeRange range);

    // a, b and y: [rows, columns]; b is nullptr for rows that are alone; y may be a or b. Parallel;
    // equal results whatever the processor and the number of threads.
    void run(const std::int8_t* a, const std::int8_t* b, std::int64_t rows, std::int8_t* y) const;

    struct Columns {
        std::int64_t count = 0;
        std::vector<std::int32_t> aFactors = {}, bFactors = {}, bias = {}; // of whole vectors
        SumRequantizer requantizer;
    };

private:
    explicit CodeSum(Columns columns) : columns_(std::move(columns)) {}

    Columns columns_;
};

} // namespace vitrine::kernels
