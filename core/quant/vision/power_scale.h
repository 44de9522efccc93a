#pragma once

#include "core/quant/vision/code_grid.h"

#include <cstddef>
#include <span>
#include <vector>

// Scales of P²-ViT (2405.19915, section III): a raw scale from a range, then a power of two near
// it. Evidence: [R], the released code; steps of our own say so.
namespace vitrine::quant
{

// Of the numbers seen; of nothing seen, 0 .. 0.
struct Range {
    double low = 0, high = 0;

    friend bool operator==(const Range&, const Range&) = default;
};

// No scale is smaller: the epsilon of single precision, itself a power of two.
inline constexpr int kLeastExponent = -23;

// Raw, the scales still any number. Symmetric and signed: max |x| / ((high - low code) / 2), so the
// divisor is 127.5 for 8 bits and 7.5 for 4. Asymmetric: the zero point is clamp(low code -
// round-half-even(low / scale)); it stays when the scale becomes a power of two, as in the release.
CodeGrid symmetricGrid(Range range, int bits);
CodeGrid asymmetricGrid(Range range, int bits, bool isSigned);

enum class PowerRounding {
    none,     // the raw scale as it is
    nearest,  // of the arithmetic midpoint: up from above 1.5 * 2^y
    ceil,     //
    floor,    //
    adaptive, // the candidate with the smallest loss; of equals the first
};

// y of 2^y <= scale < 2^(y+1).
int floorExponent(double scale);
// For nearest, ceil and floor, without the least exponent: of factors, too.
int roundedExponent(double scale, PowerRounding rounding);

// Candidates around the floor of the raw scale's exponent. The first version of the paper's code
// searched 0 .. 1.
struct ExponentWindow {
    int first = -1, last = 2;
};
std::vector<int> candidateExponents(double rawScale, ExponentWindow window = {});
// The raw grid with each candidate's scale.
std::vector<CodeGrid> candidateGrids(const CodeGrid& raw, ExponentWindow window = {});

// What was tried and what was taken.
struct PowerChoice {
    std::vector<int> exponents; // candidates in rising order
    std::vector<double> losses; // of each, mean squared; may be empty unless adaptive
    double scale = 1;           // taken; 2^e unless the rounding is none
};
PowerChoice choosePower(double rawScale, PowerRounding rounding, ExponentWindow window,
                        std::vector<double> losses);

// At least one value.
std::size_t firstSmallest(std::span<const double> losses);

} // namespace vitrine::quant
