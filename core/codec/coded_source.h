#pragma once

#include "core/codec/side_data.h"
#include "core/video/frame_source.h"

#include <optional>
#include <set>

namespace vitrine::codec
{

// One frame of a stream, as its packets say.
struct StreamFrame {
    std::int64_t bits = 0; // payload of its packet
    bool isKey = false;    // decoding may begin here
    char type = '?';       // 'I', 'P', 'B' once it has been decoded, if its decoder says
};

// A coded stream of whatever codec, decoded frame-exactly: what rates, damage and the player ask
// for. Used by one thread at a time.
class CodedSource : public video::FrameSource
{
public:
    // In order of display.
    virtual const std::vector<StreamFrame>& frames() const = 0;
    // Display indices of the key frames, rising; the last one at or before `index` is where its
    // decoding begins, else the first frame.
    virtual const std::vector<std::int64_t>& keyFrames() const = 0;
    std::int64_t keyFrameBefore(std::int64_t index) const;

    // Display indices of frames decoded so far that were damaged: the decoder filled in what it
    // could not decode. Frames between the key frames around may be predicted from them.
    virtual const std::set<std::int64_t>& damagedFrames() const;
    // Those that read() was asked for and that cannot be decoded at all.
    virtual const std::set<std::int64_t>& lostFrames() const;
    // Why frames may be damaged that are not among them: "FFmpeg's decoder of vp9 does not tell";
    // empty where damage is always told.
    virtual std::string damageNotTold() const { return {}; }
    bool isLost(std::int64_t index) const override { return lostFrames().contains(index); }

    // Seconds spent in the decoder's calls so far, by the monotonic clock, and the frames that came
    // out.
    virtual double decodeSeconds() const = 0;
    virtual std::int64_t decodedFrames() const = 0;

    // Step by step, for playing; what is only passed on the way is not copied. Brings decoding on
    // the way to `index` and returns the index that the first step should give.
    enum class From {
        here,       // goes on where that leads there, else as keyFrame
        keyFrame,   // the one before `index`
        earlierKey, // one before that
    };
    virtual Result<std::int64_t> approach(std::int64_t index, From from = From::here) = 0;
    virtual std::int64_t position() const = 0; // what step() gave last; -1: nowhere
    // The next frame in order of display; nothing at the end. Frames that cannot be decoded are
    // left out.
    virtual Result<std::optional<std::int64_t>> step() = 0;
    // The frame that step() gave last; its motion and quantizers where OpenOptions::sideData is
    // set.
    virtual Result<video::Frame> current() = 0;
    virtual SideData currentSide() const = 0;
};

} // namespace vitrine::codec
