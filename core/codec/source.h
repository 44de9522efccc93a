#pragma once

#include "core/video/frame_source.h"
#include "core/video/raw_reading.h"

#include <filesystem>
#include <functional>

// Any file of moving pictures as a FrameSource.
namespace vitrine::codec
{

class CodecList;

struct OpenOptions {
    video::RawGiven raw{}; // for raw files; what is not said there comes from the name
    int threads = 0;       // of the decoder; 0: as parallelFor
    bool sideData = false; // the decoder tells motion vectors and quantizers too
    // Told the share that is indexed, or a number below 0 where it is only asked; false cancels.
    // Kept as long as the source. May be empty.
    std::function<bool(double share)> progress{};
    // Whose own containers are opened beside what FFmpeg opens; they outlive the source.
    const CodecList* codecs = nullptr;
};

// Whether a file is raw video by its name's ending: .yuv, .raw, .nv12, .p010, ..., in small letters
// or capitals, and the endings of raw layouts that are known and refused (.uyvy, .rgb).
bool isRawName(const std::filesystem::path& path);

// By kind: Y4M by its first bytes, raw by isRawName, a folder of pictures or a pattern
// ("frame%04d.png") as a sequence, the own containers of OpenOptions::codecs by their first bytes,
// and everything else that FFmpeg opens.
Result<std::unique_ptr<video::FrameSource>> openSource(const std::filesystem::path& path,
                                                       const OpenOptions& options = {});

// The files that openSource reads: the path itself, or a sequence's pictures in order.
Result<std::vector<std::filesystem::path>> filesOf(const std::filesystem::path& path);

} // namespace vitrine::codec
