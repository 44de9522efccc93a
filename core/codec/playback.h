#pragma once

#include "core/codec/coded_source.h"
#include "core/codec/source.h"

#include <utility>

// Decoding for a player: frames are wished for, and arrive.
namespace vitrine::codec
{

struct PlayedFrame {
    std::int64_t index = 0;
    video::Frame frame;
    char type = '?';                      // 'I', 'P', 'B' where the decoder says
    bool isDamaged = false;               // the decoder filled in what it could not decode
    std::shared_ptr<const SideData> side; // none unless PlaybackOptions::sideData
    std::string error;                    // one line, and then `frame` is empty

    std::size_t bytes() const
    {
        return sizeof *this + frame.bytes().size() + (side ? side->bytes() : 0);
    }
};

struct PlaybackOptions {
    video::RawGiven raw{};                           // as OpenOptions::raw
    std::size_t cacheBytes = std::size_t{512} << 20; // of frames; one frame is kept always
    bool sideData = false;                           // motion vectors and quantizers
    int threads = 1;                                 // of the decoder
    // Told from the decoding thread, in order of arrival; must be brief, must not call back.
    std::function<void(std::int64_t index)> arrived{};
    const CodecList* codecs = nullptr; // as OpenOptions::codecs
};

// One stream with a decoding thread of its own and a cache of the frames used last. Any thread may
// call; only open() and the destructor wait for decoding (the latter for one frame).
class Playback
{
public:
    // `progress` as in OpenOptions; it is not called after open() has returned.
    static Result<std::unique_ptr<Playback>> open(const std::filesystem::path& path,
                                                  const PlaybackOptions& options = {},
                                                  const std::function<bool(double)>& progress = {});
    ~Playback();

    const video::SourceInfo& info() const;
    // As CodedSource::frames(), types unknown; empty for raw files, Y4M and pictures.
    const std::vector<StreamFrame>& frames() const;
    // Where decoding begins for `index`: itself where every frame stands alone.
    std::int64_t keyFrameBefore(std::int64_t index) const;

    // Frame `index` first, then |ahead| frames after it (negative: before it), as many as the cache
    // holds. The newest wish wins: decoding for an older one stops at its next frame. On a long way
    // to `index` its key frame arrives first, unless it is cached. Numbers outside the stream are
    // clamped.
    void want(std::int64_t index, int ahead);

    // None where it has not arrived or has made room; counts as a use.
    std::shared_ptr<const PlayedFrame> cached(std::int64_t index) const;
    std::vector<std::pair<std::int64_t, std::int64_t>> cachedRanges() const; // first, last; rising
    std::size_t cachedBytes() const;
    // Frames per second of the decoder's calls so far, one thread; 0 before any.
    double decodeRate() const;

private:
    class Impl;
    explicit Playback(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace vitrine::codec
