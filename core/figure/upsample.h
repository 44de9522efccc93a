#pragma once

#include "core/figure/figure.h"

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine::figure
{

// The value of rows * columns cells (row-major, rows and columns > 0) at a place between their
// centres, which lie at whole numbers; beyond the outer centres the border's values go on.
// Bilinear, or bicubic (Catmull-Rom) held within the range of the cells it is made of, so that no
// place shows less or more than they do. Where the nearest cell is NaN or not finite
// (not_finite.h), so is the place; elsewhere such cells do not count.
float valueBetween(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                   double row, double column, Upsampling upsampling);

// The whole grid as height * width values, row-major. Empty where values are fewer than cells.
std::vector<float> upsampled(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                             std::int64_t height, std::int64_t width, Upsampling upsampling);

} // namespace vitrine::figure
