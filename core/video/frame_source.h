#pragma once

#include "core/video/frame.h"

#include <memory>

namespace vitrine::video
{

struct SourceInfo {
    int width = 0, height = 0;
    SampleFormat format{};
    Colour colour{}; // as the source says; see assumed()
    std::int64_t frames = 0;
    double framesPerSecond = 0;     // 0: unknown
    std::string container;          // "y4m", "raw", "matroska,webm", "pictures"
    std::string codec;              // "rawvideo", "h264", ...
    std::vector<std::string> notes; // sentences for people: what was guessed or repaired
};

// Frames by display index. Used by one thread at a time.
class FrameSource
{
public:
    virtual ~FrameSource() = default;

    virtual const SourceInfo& info() const = 0;
    // 0 <= index < frames. The same index always gives the same samples, in any order of asking;
    // asking in rising order is quickest.
    virtual Result<Frame> read(std::int64_t index) = 0;
};

} // namespace vitrine::video
