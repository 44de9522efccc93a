#pragma once

#include "core/codec/playback.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace vitrine::player
{

using codec::PlayedFrame;
using FramePtr = std::shared_ptr<const PlayedFrame>;

// Decoded frames of one moving picture, as they come: what codec::Playback gives, or what a test
// makes up. Every method from any thread; none waits for decoding.
class Stream
{
public:
    virtual ~Stream() = default;

    virtual const video::SourceInfo& info() const = 0;
    virtual bool isIntra(std::int64_t index) const = 0; // decoding may begin here
    virtual std::int64_t keyFrameBefore(std::int64_t index) const = 0;
    virtual FramePtr cached(std::int64_t index) const = 0; // or none
    // The newest wish wins: `index` first, then `ahead` frames onward (negative: backward).
    virtual void want(std::int64_t index, int ahead) = 0;
    virtual std::vector<std::pair<std::int64_t, std::int64_t>> cachedRanges() const = 0;
    virtual std::size_t cachedBytes() const = 0;
    virtual double decodeRate() const = 0; // frames a second, 0: unknown
    // Whether frames come with what the decoder tells of them. Where not, they say nothing of
    // whether the picture is coded.
    virtual bool readsSideData() const { return true; }
    // Told each frame that has been decoded, from any thread; empty: nobody listens. When this
    // returns the old listener is not called any more.
    virtual void setArrived(std::function<void(std::int64_t)> arrived) = 0;
};

} // namespace vitrine::player
