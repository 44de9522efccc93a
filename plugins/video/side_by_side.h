#pragma once

#include "core/video/frame_source.h"

#include <vector>

namespace vitrine::video
{

// Frames of one format and height beside each other. Frame k is made of each one's frame at place
// k + offset in time, or of frame k + offset where it goes by order.
class SideBySide : public FrameSource
{
public:
    struct Part {
        std::unique_ptr<FrameSource> source;
        std::int64_t offset = 0;
        bool isByOrder = false;
    };
    // An argument error where the parts do not fit together.
    static Result<std::unique_ptr<SideBySide>> make(std::vector<Part> parts);

    const SourceInfo& info() const override { return info_; }
    Result<Frame> read(std::int64_t index) override;

private:
    SourceInfo info_;
    std::vector<Part> parts_;
};

} // namespace vitrine::video
