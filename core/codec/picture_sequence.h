#pragma once

#include "core/video/frame_source.h"

#include <filesystem>

namespace vitrine::codec
{

// A folder, or a name with one "%d" or "%0Nd" in it.
bool isPictureSequence(const std::filesystem::path& path);

// Picture files (png, jpg, bmp, tif, ppm, pgm, webp) in natural order: numbers in names count as
// numbers. A pattern starts at the lowest number that is there and ends before the first gap.
Result<std::vector<std::filesystem::path>> picturesOf(const std::filesystem::path& path);

// All pictures must have the first one's size; RGB becomes 8-bit 4:4:4.
Result<std::unique_ptr<video::FrameSource>> openPictures(const std::filesystem::path& path,
                                                         double framesPerSecond = 0);

// One picture.
Result<video::Frame> readPicture(const std::filesystem::path& path);

} // namespace vitrine::codec
