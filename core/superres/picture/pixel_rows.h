#pragma once

#include "core/picture/picture.h"
#include "core/superres/picture/image.h"

#include <cstdint>
#include <functional>
#include <vector>

// Pictures row by row in double, black 0, white 255: what steps hand to each other that are rounded
// once at the end.
namespace vitrine::superres
{

// Refers to what it was made of. read() writes width * channels values; any thread.
struct RowSource {
    std::int64_t width = 0, height = 0, channels = 3;
    std::function<void(std::int64_t y, double* row)> read;
};
RowSource rowsOf(const Picture& picture);
// Values times 255. One that imageOf() makes of a byte is that byte exactly.
RowSource rowsOf(const Image& image);
RowSource rowsOf(const std::vector<double>& values, std::int64_t width, std::int64_t height,
                 std::int64_t channels);

// Rows of 1 or 3 channels in any order; each row from one thread.
using RowSink = std::function<void(std::int64_t y, const double* row)>;
// Clamped and rounded to the nearest. What lies within 2^-31 of the middle between two counts as
// the middle, which goes to the even one: so that the order of a sum does not decide.
RowSink into(Picture& picture);
// Over 255, not clamped. What lies within 0.0001 of the middle between two bytes is moved that far
// from it, to the side that the picture takes: so that pictureOf() of the image is that picture.
RowSink into(Image& image);

// The place of a pixel that is outside, reflected with the edge repeated: 2 1 0 | 0 1 2.
std::int64_t reflected(std::int64_t at, std::int64_t size);

} // namespace vitrine::superres
