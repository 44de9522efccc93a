#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

// Products with signed powers of two on whole numbers: nothing is multiplied. ShiftAddViT's
// MatShift.
namespace vitrine::kernels
{

// A signed power of two; sign 0: zero, whatever the shift.
struct SignedShift {
    std::int8_t shift = 0, sign = 0;

    float value() const { return sign == 0 ? 0.0f : std::ldexp(static_cast<float>(sign), shift); }
    friend bool operator==(const SignedShift&, const SignedShift&) = default;
};
// sign(w) 2^round(log2 |w|) with exponents kept in lowest .. 0: nearest among logarithms, so 0.75
// becomes 1. 0 stays 0. w is finite.
SignedShift nearestShift(float w, int lowest);

// A weight matrix whose entries are sign * 2^shift, laid out for matShift.
class ShiftMatrix
{
public:
    static constexpr int kLeastShift = -31;

    // shift and sign: [outputs, inputs]; kLeastShift <= shift <= 0, sign -1, 0 or 1 (asserted).
    ShiftMatrix(std::int64_t outputs, std::int64_t inputs, const std::int8_t* shift,
                const std::int8_t* sign);

    std::int64_t outputs() const { return outputs_; }
    std::int64_t inputs() const { return inputs_; }

    // Stored: [tile, input, kTile outputs], how far to the right, and 0 or -1 (all bits) by sign.
    static constexpr std::int64_t kTile = 32;
    const std::int8_t* rightAt(std::int64_t tile) const
    {
        return right_.data() + tile * inputs_ * kTile;
    }
    const std::int8_t* negativeAt(std::int64_t tile) const
    {
        return negative_.data() + tile * inputs_ * kTile;
    }
    // All bits where the sign is not 0; nullptr where none is 0.
    const std::int8_t* presentAt(std::int64_t tile) const
    {
        return present_.empty() ? nullptr : present_.data() + tile * inputs_ * kTile;
    }
    const std::int32_t* negativesAt(std::int64_t tile) const
    {
        return negatives_.data() + tile * kTile;
    }
    std::int64_t tiles() const { return (outputs_ + kTile - 1) / kTile; }

private:
    std::int64_t outputs_, inputs_;
    std::vector<std::int8_t> right_, negative_, present_;
    std::vector<std::int32_t> negatives_; // how many signs of an output are -1
};

// y[row] [outputs] = sum over k of sign[o, k] * (x[row, k] >> -shift[o, k]), modulo 2^32; the shift
// is arithmetic, so that it rounds down: -1 >> 1 is -1. x: [rows, inputs]. Equal on every
// processor. Parallel over rows.
void matShift(const ShiftMatrix& weights, const std::int32_t* x, std::int64_t rows,
              std::int32_t* y);

// Fixed point of 16 whole and 16 fraction bits as the released code has it: floor(x * 2^16), x kept
// in -2^15 .. 2^15 - 1. NaN is 0.
void toFixedPoint(const float* x, std::int64_t count, std::int32_t* fixed);
// What it stands for, as a float: single precision holds less of large numbers.
float onFixedPoint(float x);

} // namespace vitrine::kernels
