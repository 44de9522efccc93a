#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

// Numbers as people read them, by one rule in window, plots, reports and on the command line: a
// true minus sign, commas between thousands, "–" for NaN. Files have shortest() instead.
namespace vitrine
{

// "-1e-05" -> "−1e−05".
std::string withTrueMinus(std::string number);

std::string withThousands(std::string number); // "1234567.5" -> "1,234,567.5"

std::string wholeText(std::int64_t value); // all its digits: "−12,345"

// What a hover or the pointer reads out: six significant digits, two more than a table shows and no
// more than a float is sure of. Whole numbers have all theirs.
std::string readOut(double value);

// A change, with its sign: "+1.5", "−0.3".
std::string signedText(double value, int decimals);

// How many decimals the numbers of one column have in common: enough for `digits` significant ones
// of the largest and two of the smallest, fewer where all would end in 0. None where that would be
// more than three beyond the largest's need, for powers of ten, or where there is no number.
std::optional<int> commonDecimals(std::span<const double> column, int digits = 4);

// With so many decimals; significant(value, digits) where there are none in common or the number
// would lose its first two digits.
std::string columnText(double value, std::optional<int> decimals, int digits = 4);

} // namespace vitrine
