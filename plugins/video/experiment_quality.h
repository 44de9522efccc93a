#pragma once

#include "core/jobs/progress.h"
#include "core/jobs/run_result.h"
#include "core/video/frame_source.h"
#include "core/video/pairing.h"
#include "core/video/quality.h"

#include <optional>

// A test measured against its reference, whole sequences: used by every experiment of this room.
namespace vitrine::video
{

struct SequenceRequest {
    std::vector<FramePair> pairs;
    QualityOptions options{};
    std::string what = "frames"; // shown beside the progress
};

struct FirstDifference {
    std::int64_t frame = 0; // of the reference
    SampleDifference sample{};
};

// The first `frames` of both, by order.
std::vector<FramePair> firstPairs(std::int64_t frames);

struct SequenceResult {
    SequenceQuality quality;
    std::vector<FramePair> pairs; // that were measured: those of the request without lost frames
    std::vector<FrameQuality> frames;
    std::optional<FirstDifference> difference;
    // Frame of the reference whose file holds more than its samples, and that is not the same.
    std::optional<std::int64_t> hiddenDifference;
};

// An input error where a frame cannot be read and is not lost, or all are lost.
Result<SequenceResult> measure(FrameSource& reference, FrameSource& test,
                               const SequenceRequest& request, Progress& progress);

// The metrics that are named in the contract: psnr_y, psnr_y_pooled, ..., with notes for those that
// are not defined.
void addQualityMetrics(const SequenceQuality& quality, const SourceInfo& info, bool hasVif,
                       RunResult& out);

} // namespace vitrine::video
