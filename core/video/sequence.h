#pragma once

#include "core/video/frame_source.h"
#include "core/video/pairing.h"
#include "core/video/quality.h"

#include <functional>

// Whole sequences: a test measured against its reference, frames hashed.
namespace vitrine::video
{

struct SequenceRequest {
    std::vector<FramePair> pairs;
    QualityOptions options{};
};

struct FirstDifference {
    std::int64_t frame = 0; // of the reference
    SampleDifference sample{};
};

struct SequenceResult {
    SequenceQuality quality;
    std::vector<FramePair> pairs; // that were measured: those of the request without lost frames
    std::vector<FrameQuality> frames;
    std::optional<FirstDifference> difference;
    // Frame of the reference whose file holds more than its samples, and that is not the same.
    std::optional<std::int64_t> hiddenDifference;
};

// The first `frames` of both, by order.
std::vector<FramePair> firstPairs(std::int64_t frames);

// Told (frames done, frames in all); false cancels.
using SequenceProgress = std::function<bool(std::int64_t done, std::int64_t total)>;

// An input error where a frame cannot be read and is not lost, or all are lost.
Result<SequenceResult> measureSequence(FrameSource& reference, FrameSource& test,
                                       const SequenceRequest& request,
                                       const SequenceProgress& progress);

// SHA-256 over size, format, rate and all samples of the first `frames` frames.
Result<std::string> hashFrames(FrameSource& source, std::int64_t frames,
                               const SequenceProgress& progress);

} // namespace vitrine::video
