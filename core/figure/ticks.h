#pragma once

#include "core/figure/figure.h"

#include <string>
#include <vector>

// Where an axis has its marks and what stands beside them. Window, paper and pgfplots take the same
// ones.
namespace vitrine::figure
{

struct Ticks {
    std::vector<Axis::Tick> major; // within the range, ascending
    std::vector<double> minor;     // without labels
};

// At most about `most` labels (at least 2). Numbers: steps of 1, 2, 2.5 or 5 times a power of ten,
// all with equally many decimals; powers of ten on a logarithmic axis. Named ticks: every one,
// every 2nd, 5th, 10th, 20th, ... that fits.
Ticks chooseTicks(const Axis& axis, Range range, int most);

// "label (unit)", "label", or "(unit)" as there is; a unit of "1" is none.
std::string axisTitle(const Axis& axis);
std::string quantityTitle(const std::string& label, const std::string& unit);

// "10⁻³", and "0.1", "1", "10", "100", "1,000" for the powers that read better plain.
std::string powerOfTen(int exponent);

} // namespace vitrine::figure
