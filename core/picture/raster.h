#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// Photographs as training data and test scenes have them. Free of all but OpenCV: core/learning,
// which is also built alone, reads them here. Problems are thrown as std::runtime_error.
namespace vitrine
{

// A picture in memory: 8-bit RGB, row after row, no padding.
struct Raster {
    int width = 0, height = 0;
    std::vector<uint8_t> rgb;

    size_t pixels() const { return static_cast<size_t>(width) * static_cast<size_t>(height); }
};

// Reads PNG, JPEG, TIFF, WebP, BMP, as its viewer would turn it; transparency is left out. Throws
// std::runtime_error naming the file.
Raster decodePicture(const std::string& path);

// Whether the file was compressed with loss (JPEG, WebP): its blocks are to be averaged away.
bool isLossyPicture(const std::string& path);

// Each pixel the mean of those that it covers. The new size is no larger than the old one.
Raster shrunk(const Raster& picture, int width, int height);

// Throws std::runtime_error where the part does not lie within the picture.
Raster cropped(const Raster& picture, int x, int y, int width, int height);

// A photograph as it is trained on: without the marks of its codec (what was compressed with loss
// is halved) and of no more than two megapixels. Throws std::runtime_error naming the file.
Raster preparedPhotograph(const std::string& path);

// The square part of a prepared photograph that is kept where it is held out for tests.
constexpr int kHeldOutSide = 512;

} // namespace vitrine
