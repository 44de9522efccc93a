#pragma once

#include "core/video/frame_source.h"
#include "tests/support/synthetic_clip.h"

namespace vitrine::tests
{

// The synthetic moving clip as a source; frames are made when asked for.
class ClipSource : public video::FrameSource
{
public:
    ClipSource(int width, int height, video::SampleFormat format, int frames)
    {
        info_.width = width;
        info_.height = height;
        info_.format = format;
        info_.frames = frames;
        info_.framesPerSecond = 25;
    }
    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override
    {
        return movingFrame(info_.width, info_.height, info_.format, static_cast<int>(index));
    }

private:
    video::SourceInfo info_;
};

} // namespace vitrine::tests
