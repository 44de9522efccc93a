#pragma once

#include <QColor>
#include <QImage>

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::parallel
{

// How many lines run from every bin of a left axis to every bin of a right one. Heights are 0..1;
// rows with a NaN on either side, and rows that `kept` (empty: all) does not keep, are left out.
struct Bins {
    int perAxis = 0;
    std::vector<std::uint32_t> counts; // perAxis x perAxis, left-major
    std::uint32_t total = 0;
};
inline constexpr int kBinsPerAxis = 128;
Bins binLines(std::span<const float> left, std::span<const float> right,
              std::span<const std::uint8_t> kept, int perAxis = kBinsPerAxis);

// Lines per pixel between two axes, row-major, `height` x `width`, top row first: every line puts a
// weight of one on every column, shared by the two pixels it passes between.
std::vector<float> lineDensity(const Bins& bins, int width, int height);

// The colour, the more opaque the more lines there are (logarithmic in their number).
QImage densityImage(std::span<const float> density, int width, int height, const QColor& colour);

} // namespace vitrine::parallel
