#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"
#include "core/video/frame_source.h"
#include "plugins/video/experiments/cache.h"

namespace vitrine::video_plugin
{

// SHA-256 over size, format, rate and all samples of the first `frames` frames.
Result<std::string> hashFrames(video::FrameSource& source, std::int64_t frames, Progress& progress);

// A note where a codec gets 4:2:0 for a source of greys.
void noteFilledChroma(const video::SourceInfo& info,
                      const std::vector<const codec::VideoCodec*>& codecs, RunResult& out);

// A warning where an encoder that was asked for a rate made one that is 3 % away or more.
void noteMissedRate(const codec::VideoCodec& codec, const codec::EncodeOptions& options,
                    double kbps, RunResult& out);

// Encodes the first `frames` frames into `file`, decodes the result and measures it. The decoder's
// rate is the median of three passes after the one that measured (of one pass where that took above
// 2 s).
Result<Point> makePoint(const codec::VideoCodec& codec, video::FrameSource& source,
                        std::int64_t frames, const codec::EncodeOptions& options,
                        const std::filesystem::path& file, Progress& progress);

} // namespace vitrine::video_plugin
