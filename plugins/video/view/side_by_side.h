#pragma once

#include "core/video/frame_source.h"

#include <vector>

namespace vitrine::video_plugin
{

// Frames of one format and height beside each other. Frame k is made of each one's frame at place
// k + offset in time, or of frame k + offset where it goes by order.
class SideBySide : public video::FrameSource
{
public:
    struct Part {
        std::unique_ptr<video::FrameSource> source;
        std::int64_t offset = 0;
        bool isByOrder = false;
    };
    // An argument error where the parts do not fit together.
    static Result<std::unique_ptr<SideBySide>> make(std::vector<Part> parts);

    const video::SourceInfo& info() const override { return info_; }
    Result<video::Frame> read(std::int64_t index) override;

private:
    video::SourceInfo info_;
    std::vector<Part> parts_;
};

} // namespace vitrine::video_plugin
