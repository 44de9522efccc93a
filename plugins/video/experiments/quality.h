#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"
#include "core/video/frame_source.h"
#include "core/video/pairing.h"
#include "core/video/quality.h"

#include <optional>

// A test measured against its reference, whole sequences: used by every experiment of this room.
namespace vitrine::video_plugin
{

struct SequenceRequest {
    std::vector<video::FramePair> pairs;
    video::QualityOptions options{};
    std::string what = "frames"; // shown beside the progress
};

struct FirstDifference {
    std::int64_t frame = 0; // of the reference
    video::SampleDifference sample{};
};

// The first `frames` of both, by order.
std::vector<video::FramePair> firstPairs(std::int64_t frames);

struct SequenceResult {
    video::SequenceQuality quality;
    std::vector<video::FramePair>
        pairs; // that were measured: those of the request without lost frames
    std::vector<video::FrameQuality> frames;
    std::optional<FirstDifference> difference;
    // Frame of the reference whose file holds more than its samples, and that is not the same.
    std::optional<std::int64_t> hiddenDifference;
};

// An input error where a frame cannot be read and is not lost, or all are lost.
Result<SequenceResult> measure(video::FrameSource& reference, video::FrameSource& test,
                               const SequenceRequest& request, Progress& progress);

// The metrics that are named in the contract: psnr_y, psnr_y_pooled, ..., with notes for those that
// are not defined.
void addQualityMetrics(const video::SequenceQuality& quality, const video::SourceInfo& info,
                       bool hasVif, RunResult& out);

} // namespace vitrine::video_plugin
