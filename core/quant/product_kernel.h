#pragma once

#include <cstddef>
#include <cstdint>

namespace vitrine::quant
{

// Values of a matrix that another owns, by the steps between neighbours in a column and in a row.
struct Operand {
    const double* data = nullptr;
    std::ptrdiff_t rowStep = 0, columnStep = 1;
};

// The same of codes of 8 bits.
struct CodeOperand {
    const std::int8_t* data = nullptr;
    std::ptrdiff_t rowStep = 0, columnStep = 1;
};

// c[i * step + j] += sign * sum_p a[i, p] b[p, j] for i < rows, j < columns, p < inner, in double
// precision and in an order of summation that depends on the processor's vectors alone.
void addProductOf(Operand a, Operand b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                  double sign, double* c, std::ptrdiff_t step);
void addProductOf(Operand a, CodeOperand b, std::int64_t rows, std::int64_t inner,
                  std::int64_t columns, double sign, double* c, std::ptrdiff_t step);

} // namespace vitrine::quant
