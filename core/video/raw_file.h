#pragma once

#include "core/video/frame_source.h"
#include "core/video/raw_layout.h"

#include <filesystem>
#include <fstream>

namespace vitrine::video
{

// A file of raw frames. Trailing bytes that are no whole frame are left out and noted. Nothing is
// allocated beyond one frame, and that only where the file holds one. `origin` says for the note
// what of the layout was taken from where.
Result<std::unique_ptr<FrameSource>>
openRaw(const std::filesystem::path& path, const RawLayout& layout, const std::string& origin = {});

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
