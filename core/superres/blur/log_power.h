#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace vitrine::superres
{

// One number a pixel, row by row.
struct LumaPlane {
    std::int64_t width = 0, height = 0;
    std::vector<double> values;
};

// Natural logarithms of the mean power in rings of frequency (up to half a turn a pixel, equal
// widths) and directions (the first around "right", then towards "down"), ring after ring; NaN
// where no frequency falls.
inline constexpr int kRings = 16, kDirections = 8;
using LogPower = std::array<double, kRings * kDirections>;

// Mean removed, Hann window in both directions, power over that of the window; `floor` is added to
// each mean. One thread.
LogPower logPower(const LumaPlane& plane, double floor);

// Variance of the differences where both have a value: a common factor of power does not count.
double shapeDistance(const LogPower& a, const LogPower& b);

} // namespace vitrine::superres
