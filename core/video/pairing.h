#pragma once

#include "core/video/frame_source.h"

#include <functional>
#include <optional>
#include <span>

// Which frame of a test belongs to which frame of its reference, found by what they show.
namespace vitrine::video
{

// A frame in short: luma means of a grid of 32 x 18 cells (fewer in small pictures), each 0..1 of
// the peak.
using Signature = std::vector<float>;
Signature signatureOf(const Frame& frame);

struct FramePair {
    std::int64_t reference = 0, test = 0;
    friend bool operator==(const FramePair&, const FramePair&) = default;
};

// Frames that belong together where frame, or place in time, k of the test belongs to k + offset of
// the reference, rising. By time a frame whose partner is a hole has none.
enum class PairBy { time, order };
std::vector<FramePair> pairsOf(const SourceInfo& reference, const SourceInfo& test,
                               std::int64_t offset, PairBy by);

struct Pairing {
    // Frame k of the test is shown beside frame k + offset of the reference. A test that is one
    // frame late has -1.
    std::int64_t offset = 0;
    double distance = 0; // mean |difference| of signatures at this offset, 0..1
    double distanceAtZero = 0;
    bool isCertain = true; // no other offset is nearly as good
};

// The offset of least distance within +-range, among overlaps of at least half the shorter sequence
// (and one frame). Zero unless another is better by a tenth and by more than 1e-4: equal input
// always gives zero. Ties go to the smaller offset. An empty signature is a hole and meets nothing.
Pairing pair(std::span<const Signature> reference, std::span<const Signature> test, int range = 16);

// Signatures of the first `frames` frames; by time, of the first places in time. Holes and lost
// frames are empty. False from `goOn` cancels.
Result<std::vector<Signature>> signaturesOf(FrameSource& source, std::int64_t frames, PairBy by,
                                            const std::function<bool(std::int64_t)>& goOn);

} // namespace vitrine::video
