#pragma once

#include <cstdint>

namespace vitrine::quant
{

// Trio-ViT's divisors of linear attention (section 5) are powers of two, 2^y with y in -6 .. 9: 16
// values, 4 bits. Division is then a shift.
inline constexpr int kLeastLog2 = -6, kMostLog2 = 9;

enum class Log2Rule {
    geometric,  // the released code: up from sqrt(2) * 2^i on, so d / 2^y is at most sqrt(2)
    arithmetic, // the hardware: leading one i, plus the bit below it; up from 1.5 * 2^i on
};

// y of a divisor, within kLeastLog2 .. kMostLog2. d > 0 and finite; exact, without a logarithm.
int log2Divisor(double d, Log2Rule rule);
// The same of a whole divisor >= 1, by its leading one as hardware does.
int log2Divisor(std::int64_t divisor, Log2Rule rule);

// dividend * 2^-y, exactly; 0 where the divisor is 0 (a query that is all zero).
double dividedByLog2(double dividend, double divisor, Log2Rule rule);
// The same in whole numbers, with `fractionBits` binary digits behind the point: a shift, half-way
// up; exact from kMostLog2 of them on. |dividend| < 2^31, fractionBits 0 .. 24.
std::int64_t dividedByLog2(std::int64_t dividend, std::int64_t divisor, Log2Rule rule,
                           int fractionBits);

} // namespace vitrine::quant
