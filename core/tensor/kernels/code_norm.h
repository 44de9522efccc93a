#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::kernels
{

// What an integer LayerNorm keeps of each of its channels.
struct CodeNormShape {
    std::span<const std::uint8_t> shifts;             // of the input's codes, 0 .. 3
    std::span<const std::int32_t> factors, exponents; // |factor| is 0 or 2^15 .. 2^16 - 1
    std::span<const std::int64_t> offsets;            // with 16 bits behind the point
    int multiplierBits = 8;                           // 1 .. 16
};

// Rows of C codes to rows of codes. With x = code << shift, S = sum x, D = C sum x^2 - S^2 and the
// reciprocal root r 2^e of D (reciprocal_root.h):
//
//   M = the first multiplierBits digits of |factor| r, with the factor's sign; M 2^-n stands for
//   factor 2^exponent r 2^e;  y = (floor(M (C x - S) 2^(16 - n)) + offset) >> 16,
//
// within the range. All of it in 32 bits and one product of 64: see the source for why that is
// exact.
class CodeNorm
{
public:
    // Argument error for values outside what the fields say, and where 32 bits may not suffice:
    // more channels than C 4^(7 + largest shift) < 2^31 allows, factors of sizes from about
    // 2^13 / sqrt(C) on, offsets of 2^30 and more.
    static Result<CodeNorm> make(const CodeNormShape& shape, CodeRange range);

    // x and y: [rows, channels]; y may be x. Parallel; equal results whatever the processor and the
    // number of threads.
    void run(const std::int8_t* x, std::int64_t rows, std::int8_t* y) const;

    // Of whole vectors; channels that are not there give 0.
    struct Channels {
        std::int64_t count = 0;
        // |factors|, and 0 or -1 for their signs.
        std::vector<std::int32_t> shifts = {}, factors = {}, signs = {}, exponents = {},
                                  offsets = {};
        std::int32_t digits = 0; // of products of 31 bits: those that M keeps
        CodeRange range = {};
    };

private:
    explicit CodeNorm(Channels channels) : channels_(std::move(channels)) {}

    Channels channels_;
};

} // namespace vitrine::kernels
