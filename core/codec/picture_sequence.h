#pragma once

#include "core/video/frame_source.h"

#include <filesystem>

namespace vitrine::codec
{

// A folder, or a name with one "%d" or "%0Nd" in it.
bool isPictureSequence(const std::filesystem::path& path);

// Picture files (png, jpg, bmp, tif, ppm, pgm, webp) in natural order: numbers in names count as
// numbers. Of a pattern all that are there, from the lowest number on.
Result<std::vector<std::filesystem::path>> picturesOf(const std::filesystem::path& path);

// The places of pictures whose names differ in one number alone, in steps of that number, from the
// first one; empty where they are one after another, or are not named so.
std::vector<std::int64_t> placesOf(const std::vector<std::filesystem::path>& files);

// All pictures must have the first one's size; RGB becomes 8-bit 4:4:4. Gaps in their numbers are
// holes (SourceInfo::places).
Result<std::unique_ptr<video::FrameSource>> openPictures(const std::filesystem::path& path,
                                                         double framesPerSecond = 0);

// One picture.
Result<video::Frame> readPicture(const std::filesystem::path& path);

} // namespace vitrine::codec
