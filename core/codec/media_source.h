#pragma once

#include "core/codec/side_data.h"
#include "core/codec/source.h"

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

// A file that FFmpeg opens: its best video stream, decoded frame-exactly. On opening, all packets
// are read once (not decoded, where their times tell the order of frames; else everything is
// decoded once). Used by one thread at a time.
class MediaSource : public video::FrameSource
{
public:
    static Result<std::unique_ptr<MediaSource>> open(const std::filesystem::path& path,
                                                     const OpenOptions& options = {});
    ~MediaSource() override;

    const video::SourceInfo& info() const override;
    Result<video::Frame> read(std::int64_t index) override;
    bool isLost(std::int64_t index) const override;

    // In order of display.
    const std::vector<StreamFrame>& frames() const;
    std::int64_t
    payloadBytes() const; // all packets of the stream, those without a frame among them
    // Display indices of the key frames, rising; the last one at or before `index` is where its
    // decoding begins.
    const std::vector<std::int64_t>& keyFrames() const;
    std::int64_t keyFrameBefore(std::int64_t index) const;
    // Display indices of frames decoded so far that were damaged: the decoder filled in what it
    // could not decode. Frames between the key frames around may be predicted from them.
    const std::set<std::int64_t>& damagedFrames() const;
    // Those that read() was asked for and that cannot be decoded at all.
    const std::set<std::int64_t>& lostFrames() const;
    // Why frames may be damaged that are not among them: "FFmpeg's decoder of vp9 does not tell";
    // empty where damage is always told.
    std::string damageNotTold() const;
    // Seconds spent in the decoder's calls so far, by the monotonic clock, and the frames that came
    // out.
    double decodeSeconds() const;
    std::int64_t decodedFrames() const;

    // Step by step, for playing; what is only passed on the way is not copied. Brings decoding on
    // the way to `index` and returns the index that the first step should give.
    enum class From {
        here,       // goes on where that leads there, else as keyFrame
        keyFrame,   // the one before `index`
        earlierKey, // one before that
    };
    Result<std::int64_t> approach(std::int64_t index, From from = From::here);
    std::int64_t position() const; // what step() gave last; -1: nowhere
    // The next frame in order of display; nothing at the end. Frames that cannot be decoded are
    // left out.
    Result<std::optional<std::int64_t>> step();
    // The frame that step() gave last; its motion and quantizers where OpenOptions::sideData is
    // set.
    Result<video::Frame> current();
    SideData currentSide() const;

private:
    class Impl;
    explicit MediaSource(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace vitrine::codec
