#pragma once

#include "core/base/result.h"
#include "core/quant/matrix.h"
#include "core/tensor/kernels/mat_shift.h"

#include <vector>

// ShiftAddViT's MatShift (You et al., NeurIPS 2023; DeepShift, Elhoushi et al. 2021): linear layers
// whose weights are signed powers of two, or sums of two of them.
namespace vitrine::quant
{

enum class ShiftMode {
    kept,     // "Q": sign(w) 2^round(log2 |w|), exponents -(2^(bits - 1) - 1) .. 0 (-15 at 5 bits)
    trained,  // "PS": the same of parameters of their own, -(2^(bits - 1) - 2) .. 0 (-14 at 5 bits)
    additive, // SP2: two terms of one sign, which share the bits - 1 of the magnitude
};

// The range of exponents at other widths than 5 bits is the same rule, ours [D]. `additive`: with m
// bits a term is 0 or s 2^-1 .. s 2^-(2^m - 1); the first has (bits - 1) / 2 rounded up, the second
// the rest; s is the power of two at or above the largest weight, at most 2, so that products stay
// shifts [D]; the sum is the nearest one.
struct ShiftLinear {
    static constexpr int kLeastBits = 3, kMostBits = 8;

    std::int64_t outputs = 0, inputs = 0;
    std::vector<kernels::SignedShift> first, second; // [outputs, inputs]; second: of additive only
    std::vector<double> bias;                        // [outputs], or empty

    Matrix values() const; // of the weights
};

// Argument error for bits outside 3 .. 8, for a weight that is not finite, for a bias of another
// length.
Result<ShiftLinear> shiftLinear(const Matrix& weights, std::vector<double> bias, ShiftMode mode,
                                int bits);

// x: rows x inputs. In double precision, without fixed point: the reference.
Matrix shiftedProduct(const ShiftLinear& layer, const Matrix& x);
// As an accelerator does it, on 16 whole and 16 fraction bits, x and bias rounded down:
// y = sum of sign * (x >> -shift), each term rounded down, so up to (inputs + 1) * 2^-16 (twice
// that with two terms) below or above the product of the rounded x. Argument error where the sums
// could leave 32 bits.
Result<Matrix> shiftedProductInIntegers(const ShiftLinear& layer, const Matrix& x);

} // namespace vitrine::quant
