#pragma once

#include "core/video/frame_source.h"

#include <filesystem>
#include <fstream>
#include <span>

namespace vitrine::video
{

// YUV4MPEG2: a line of parameters, then frames, each a line "FRAME..." and its planes
// (little-endian, chroma rounded up).
struct Y4mHeader {
    int width = 0, height = 0;
    SampleFormat format{};
    std::int64_t rateNumerator = 0, rateDenominator = 1; // 0: unknown
    Colour colour{};
    char interlacing = '?'; // p, t, b, m
    std::size_t bytes = 0;  // of the line with its end
};

// `start` is the beginning of the file (4 KiB are enough); name is for messages.
Result<Y4mHeader> parseY4mHeader(std::string_view start, std::string_view name);

// Frames are found by one pass over their lines (positions are kept: 8 bytes each). A file that
// ends within a frame keeps the frames before it and says so. No allocation is larger than a frame
// of which all bytes are there. `framesPerSecond` is taken where the first line says no rate.
Result<std::unique_ptr<FrameSource>> openY4m(const std::filesystem::path& path,
                                             double framesPerSecond = 0);

class Y4mWriter
{
public:
    // Rate as a fraction; 0/1 for unknown.
    static Result<Y4mWriter> create(const std::filesystem::path& path, const Y4mHeader& header);
    Result<void> write(const Frame& frame); // of the header's size and format
    Result<void> finish();

private:
    std::filesystem::path path_;
    Y4mHeader header_;
    std::ofstream out_;
};

// What the C parameter says, "420jpeg" and "420mpeg2" as 4:2:0. Unknown ones are refused by name.
Result<SampleFormat> parseY4mChroma(std::string_view value);

} // namespace vitrine::video
