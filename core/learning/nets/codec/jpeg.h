#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

// JPEG, which the codec is compared with: libjpeg-turbo as OpenCV brings it, 4:2:0. Free of
// libtorch; left out of a build that finds no OpenCV.
namespace vitrine::learning::codec
{

bool hasJpeg();

struct JpegPicture {
    std::vector<uint8_t> rgb; // as it is shown: row-major, three bytes a pixel
    size_t bits;              // see jpegBits
};

// Of height x width pixels of RGB, at a quality 1..100, with Huffman tables made for the picture,
// sequential or progressive, whichever is smaller. Throws std::runtime_error where hasJpeg is
// false.
JpegPicture throughJpeg(const std::vector<uint8_t>& rgb, int width, int height, int quality);

// The bits of a JPEG file that tell the picture: those of its scans and of its Huffman tables.
// Markers, sizes and quantisation tables are left out, as the codec's container is from its rate;
// in small pictures they would decide. Throws std::runtime_error where it is no JPEG file.
size_t jpegBits(std::string_view file);

} // namespace vitrine::learning::codec
