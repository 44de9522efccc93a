#pragma once

#include <cstdint>
#include <vector>

namespace vitrine::learning::codec
{

// Y'CbCr in full range (ITU-T T.871), both chroma planes of half width and height, rounded up.
struct Planes420 {
    int width, height;
    std::vector<uint8_t> luma, cb, cr;

    int chromaWidth() const { return (width + 1) / 2; }
    int chromaHeight() const { return (height + 1) / 2; }
};

// Of rows of RGB; chroma is the mean of its up to four pixels.
Planes420 planesOfRgb(const std::vector<uint8_t>& rgb, int width, int height);

// And back: chroma with the triangle filter, 3/4 of the nearer and 1/4 of the farther sample along
// each side, repeated at the border.
std::vector<uint8_t> rgbOfPlanes(const Planes420& planes);

} // namespace vitrine::learning::codec
