#pragma once

#include "core/base/result.h"
#include "core/quant/vision/code_grid.h"

#include <memory>
#include <span>

namespace vitrine::quant
{

struct IntegerLayerNormOptions {
    int multiplierBits = 8; // 1 .. 16; the paper's is 8, which costs accuracy
};

// What an integer LayerNorm keeps of each channel, all in steps of the output.
struct IntegerLayerNormTables {
    std::vector<std::uint8_t> shifts; // of the input, 0 .. 3
    // weight / step = factor * 2^exponent; |factor| is 0 or 2^15 .. 2^16 - 1
    std::vector<std::int32_t> factors, exponents;
    std::vector<std::int64_t> offsets; // (bias / step + 1/2) * 2^kFractionBits
    // In doubles: 2^shift, factor * 2^exponent, offset.
    std::vector<double> realPowers, realFactors, realOffsets;
    std::int64_t low = 0, high = 0; // ends of the output's grid
    int multiplierBits = 8;
};

// P²-ViT's LayerNorm (section 3, eq. 5) from codes to codes without any floating-point number. Of a
// row of C codes, x' = code << shift of its channel, S = sum x', Q = sum x'^2, D = C Q - S^2:
//
//   y = floor(((M (C x' - S)) 2^-N' + bias / step) + 1/2),   M 2^-N' ~ weight / step / sqrt(D),
//
// with N' = multiplierBits - 1 - floor(log2 of that) and M = floor(... 2^N') as in the paper, and
// clamped to the output's grid. Departures, all for accuracy:
// - The mean is subtracted, exactly, before the product (the paper has M x' + B, where M's cut-off
//   digits leave a part of the mean standing).
// - N' has no ends (the paper's 0 .. 31 lose multipliers above 255).
// - The bias has 16 digits behind the point whatever N' is; the product is cut to the same digits.
// As in the paper nothing is added to the variance. A row of equal codes (D = 0) gives the bias.
// Against the formula without roundings (rows of 192 channels) codes deviate by at most 1.2, 0.63,
// 0.53, 0.50 with 8, 10, 12, 16 bits; by 0.299, 0.290, 0.289, 0.289 in the root mean square, where
// rounding the exact result gives 0.289.
//
// Limits: 1 .. 4096 channels; M (C x' - S) fits into 32 bits with a sign up to multiplierBits = 8
// and into 40 with 16. The object is small to copy and safe to share between threads.
class IntegerLayerNorm
{
public:
    static constexpr int kFractionBits = 16;

    // weight and bias: one each per channel, what smoothing divides already divided. Those whose
    // weight / step is below 2^-24 count as 0. Anything that check refuses is the caller's mistake.
    IntegerLayerNorm(const CodeGrid& input, const CodeGrid& output, std::span<const float> weight,
                     std::span<const float> bias, IntegerLayerNormOptions options = {});
    // Input error, saying which and why, where the numbers are beyond what whole numbers do here:
    // grids that are not signed codes of up to 8 bits around 0, a step that is no power of two, a
    // shift above 3, more than 4096 channels, |weight| or |bias| of 2^14 steps of the output and
    // more, or not finite.
    static Result<void> check(const CodeGrid& input, const CodeGrid& output,
                              std::span<const float> weight, std::span<const float> bias,
                              IntegerLayerNormOptions options = {});

    std::size_t channels() const { return tables_->shifts.size(); }
    // codes: one row, one per channel; out may be the same memory.
    void row(std::span<const std::int8_t> codes, std::span<std::int8_t> out) const;
    // The same codes by another way, in double precision. Equal, not just near: see the source.
    void rowInDoubles(std::span<const double> codes, std::span<double> out) const;

    // For other forms of the same thing, which have to agree.
    const IntegerLayerNormTables& tables() const { return *tables_; }

private:
    std::shared_ptr<const IntegerLayerNormTables> tables_;
};

} // namespace vitrine::quant
