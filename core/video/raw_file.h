#pragma once

#include "core/video/frame_source.h"
#include "core/video/raw_layout.h"

#include <filesystem>
#include <fstream>

namespace vitrine::video
{

// A file of raw frames. Trailing bytes that are no whole frame are left out and noted. Nothing is
// allocated beyond one frame, and that only where the file holds one.
Result<std::unique_ptr<FrameSource>> openRaw(const std::filesystem::path& path,
                                             const RawLayout& layout);

// The layout from the file's name (guessRawLayout), checked against the file's size: an input error
// that says what to give where the name says no size.
Result<RawLayout> rawLayoutOf(const std::filesystem::path& path);

// Writes frames one after another; all must have the layout's size and format.
class RawWriter
{
public:
    static Result<RawWriter> create(const std::filesystem::path& path, const RawLayout& layout);
    Result<void> write(const Frame& frame);
    Result<void> finish();

private:
    std::filesystem::path path_;
    RawLayout layout_;
    std::ofstream out_;
};

} // namespace vitrine::video
