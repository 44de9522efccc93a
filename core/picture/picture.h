#pragma once

#include "core/base/result.h"
#include "core/picture/left_out.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vitrine
{

// 8 bits a value, the channels of a pixel (1: grey; 3: red, green, blue) side by side, row by row.
struct Picture {
    std::int64_t width = 0, height = 0, channels = 3;
    std::vector<std::uint8_t> values;
    LeftOut leftOut = {}; // of a file
};

// A PNG, JPEG, WebP, TIFF, BMP or PNM file, as PIL's convert("RGB") or ("L") sees it: not turned as
// its EXIF orientation says, without its transparency, the first of several. More than 8 bits are
// cut to the upper 8. Input error for a file that cannot be decoded, is larger than
// kMostPictureBytes or holds more than kMostPixels, and for what PIL would see otherwise: CMYK,
// numbers that are not whole.
Result<Picture> readPicture(const std::filesystem::path& path);
inline constexpr std::uint64_t kMostPictureBytes = 256 << 20;
inline constexpr std::int64_t kMostPixels = 100'000'000;

// Whether the name ends like that of a file that readPicture reads.
bool isPictureName(const std::filesystem::path& path);

// Writes PNG.
Result<void> writePicture(const Picture& picture, const std::filesystem::path& path);

} // namespace vitrine
