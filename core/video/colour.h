#pragma once

#include "core/video/frame.h"

// Between RGB and YUV, in whole numbers: the same result everywhere, no library's defaults.
namespace vitrine::video
{

// 8 bits a channel, R, G, B by turns, rows close together.
struct RgbPicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> samples;
    std::uint8_t* pixel(int x, int y)
    {
        return samples.data() + 3 * (std::ptrdiff_t{y} * width + x);
    }
    const std::uint8_t* pixel(int x, int y) const
    {
        return samples.data() + 3 * (std::ptrdiff_t{y} * width + x);
    }
};

// Coefficients with 16 fractional bits, round half up, clipped. `colour` must be known (see
// assumed()). 8-bit samples. Chroma of 4:2:0 and 4:2:2 is the mean of full-resolution chroma over
// what a chroma sample covers.
Frame toYuv(const RgbPicture& picture, Chroma chroma, Colour colour);

// Any frame to 8 bits; deeper samples are rounded to 8 first. Chroma is interpolated linearly,
// sited at the left horizontally and midway vertically (as MPEG-2); 4:0:0 gives greys.
RgbPicture toRgb(const Frame& frame, Colour colour);

} // namespace vitrine::video
