#pragma once

#include "core/picture/picture.h"

#include <cstdint>
#include <vector>

namespace vitrine::superres
{

// A picture as networks see it: red, green and blue of a pixel side by side, row by row. Black is
// 0, white 1; what is computed may lie outside until it is rounded.
struct Image {
    std::int64_t width = 0, height = 0;
    std::vector<float> values; // height * width * 3

    float* row(std::int64_t y) { return values.data() + y * width * 3; }
    const float* row(std::int64_t y) const { return values.data() + y * width * 3; }
};

Image blankImage(std::int64_t width, std::int64_t height); // black

// Values over 255; grey becomes three equal channels.
Image imageOf(const Picture& picture);

// Clamped to 0..1, times 255, rounded to the nearest (halves up).
Picture pictureOf(const Image& image);

} // namespace vitrine::superres
