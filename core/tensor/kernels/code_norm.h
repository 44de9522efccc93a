#pragma once

#include "core/base/result.h"
#include "core/tensor/kernels/sum_requantizer.h"

#include <cstdint>
#include <vector>

namespace vitrine::kernels
{

// What an integer LayerNorm keeps of each of C channels.
struct NormChannels {
    std::vector<std::uint8_t> shifts; // 0 .. 3, of the input: x = (code - zero) << shift
    // weight / step of the output = w 2^-h, with w = 0 or 2^23 <= |w| < 2^24, and h 9 .. 64.
    std::vector<std::int32_t> weights, exponents;
    std::vector<std::int64_t> bias; // bias / step of the output, 16 bits of fraction; < 2^31
};

struct NormCodes {
    int multiplierBits = 8;                     // 8 .. 16
    std::int32_t inputZero = 0, outputZero = 0; // within 8 bits
    CodeRange range = {};                       // of 8 bits
};

// P²-ViT's LayerNorm of codes in whole numbers, as core/quant/vision/integer_norm.h defines it.
// Of a row x of C channels:
//   V = C sum x^2 - (sum x)^2; R = floor(sqrt(V 2^2f)), f with 2^25 <= R < 2^26
//   I = floor(C 2^(38 + l) / R), l with 2^11 < C 2^l <= 2^12; m = mean of x, 14 bits of fraction
// and of a channel, with `bits` of the multiplier and >> that rounds half-way up where it says so:
//   a = I |w| >> 23; E = f - 15 - l - h; n = bits - width(a) - E, within 0 .. 31
//   M = a >> -(E + n), at most 2^bits - 1; o = bias - (sign m a >> -(E + 2), rounded)
//   y = (sign M x + (o >> (16 - n), rounded) >> n, rounded) + outputZero
// A row of equal numbers has M = 0, n = 31 and o = bias.
class CodeNorm
{
public:
    // Argument error for more than 4096 channels and for values outside what the fields say.
    static Result<CodeNorm> make(NormChannels channels, const NormCodes& codes);

    // x and y: [rows, channels]; y may be x. Parallel; equal results whatever the processor and the
    // number of threads.
    void run(const std::int8_t* x, std::int64_t rows, std::int8_t* y) const;

    struct Tables {
        NormCodes codes;
        std::int64_t channels = 0, lift = 0; // l
        // Of each channel, to whole vectors: |w| 2^8 of 32 bits, and 0 or -1 for its sign.
        std::vector<std::uint32_t> weights;
        std::vector<std::int32_t> signs, exponents, shifts;
        std::vector<std::int64_t> twiceBias; // with outputZero
    };

private:
    explicit CodeNorm(Tables tables) : tables_(std::move(tables)) {}

    Tables tables_;
};

} // namespace vitrine::kernels
