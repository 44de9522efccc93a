#pragma once

#include "core/video/frame.h"

#include <memory>
#include <optional>

namespace vitrine::video
{

struct SourceInfo {
    int width = 0, height = 0;
    SampleFormat format{};
    Colour colour{}; // as the source says; see assumed()
    std::int64_t frames = 0;
    double framesPerSecond = 0; // 0: unknown
    // The place of each frame in time, in frames of that rate from the first one; empty: one after
    // another. Where there is a hole, places are passed over.
    std::vector<std::int64_t> places;
    std::string container; // "y4m", "raw", "matroska,webm", "pictures"
    std::string codec;     // "rawvideo", "h264", ...
    // What the file holds and the samples do not: "alpha", "16 bits a channel (8 are compared)".
    std::string notCompared{};
    std::vector<std::string> notes; // sentences for people: what was guessed or repaired
    // Of the notes, what matters beside a picture, in a few words: "holes in its times".
    std::vector<std::string> remarks{};
};

// Places in time that the first `frames` frames take, holes among them.
inline std::int64_t placesTaken(const SourceInfo& info, std::int64_t frames)
{
    return info.places.empty() || frames < 1
               ? frames
               : info.places[static_cast<std::size_t>(frames - 1)] + 1;
}
// The frame at a place in time, of `frames` that take these places; none in a hole and outside.
// Without places frame k is at place k.
std::optional<std::int64_t> frameAtPlace(const std::vector<std::int64_t>& places,
                                         std::int64_t frames, std::int64_t place);
// Of the holes: "10 to 11, 25"; how many are named is bounded.
std::string holesText(const SourceInfo& info);

// Frames by display index. Used by one thread at a time.
class FrameSource
{
public:
    virtual ~FrameSource() = default;

    virtual const SourceInfo& info() const = 0;
    // 0 <= index < frames. The same index always gives the same samples, in any order of asking;
    // asking in rising order is quickest.
    virtual Result<Frame> read(std::int64_t index) = 0;
    // read() found that this frame alone cannot be had: what was coded is damaged.
    virtual bool isLost(std::int64_t) const { return false; }
};

} // namespace vitrine::video
