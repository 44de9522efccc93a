#include "plugins/video/view/side_by_side.h"

#include <algorithm>
#include <cstring>

namespace vitrine::video_plugin
{

Result<std::unique_ptr<SideBySide>> SideBySide::make(std::vector<Part> parts)
{
    if (parts.empty())
        return argumentError("there is no pane to put into a clip");
    auto joined = std::make_unique<SideBySide>();
    const video::SourceInfo& first = parts.front().source->info();
    joined->info_ = first;
    joined->info_.width = 0;
    joined->info_.frames = INT64_MAX;
    joined->info_.places.clear();
    for (const Part& part : parts) {
        const video::SourceInfo& info = part.source->info();
        if (info.format != first.format || info.height != first.height)
            return argumentError("panes of different size or format do not fit side by side: "
                                 "{}x{} {} and {}x{} {}",
                                 first.width, first.height, formatName(first.format), info.width,
                                 info.height, formatName(info.format));
        if (parts.size() > 1 && info.width % (1 << info.format.shiftX()) != 0)
            return argumentError("panes of odd width do not fit side by side in {}",
                                 formatName(info.format));
        joined->info_.width += info.width;
        const std::int64_t places =
            part.isByOrder ? info.frames : video::placesTaken(info, info.frames);
        joined->info_.frames = std::min(joined->info_.frames, places - part.offset);
    }
    if (joined->info_.width > video::Frame::kLargestSide)
        return argumentError("side by side the panes are {} samples wide, at most {} can be "
                             "written: hide some",
                             joined->info_.width, video::Frame::kLargestSide);
    joined->parts_ = std::move(parts);
    return joined;
}

Result<video::Frame> SideBySide::read(std::int64_t index)
{
    video::Frame all(info_.width, info_.height, info_.format, info_.colour);
    std::vector<std::size_t> at(3, 0); // bytes of the row that are filled
    for (Part& part : parts_) {
        const video::SourceInfo& info = part.source->info();
        const auto number =
            video::frameAtPlace(part.isByOrder ? std::vector<std::int64_t>() : info.places,
                                info.frames, index + part.offset);
        if (!number)
            return argumentError("there is no frame {} in one of the panes: set a loop where all "
                                 "have frames",
                                 index + part.offset);
        VITRINE_TRY(const video::Frame frame, part.source->read(*number));
        for (int plane = 0; plane < info_.format.planes(); ++plane) {
            const auto p = static_cast<std::size_t>(plane);
            for (int y = 0; y < frame.height(plane); ++y)
                std::memcpy(all.row(plane, y) + at[p], frame.row(plane, y), frame.rowBytes(plane));
            at[p] += frame.rowBytes(plane);
        }
    }
    return all;
}

} // namespace vitrine::video_plugin
