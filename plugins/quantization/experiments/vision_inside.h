#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_result.h"
#include "core/quant/vision/vision_codes.h"
#include "plugins/quantization/experiments/vision_input.h"

#include <span>
#include <vector>

// What is inside a network in codes: how its sums become codes, and what tricks on single channels
// do to what they act on.
namespace vitrine::quantization_plugin
{

// Table "rescales": of each layer that turns sums into codes how many of its outputs are shifted by
// how many places. A factor that is no power of two counts at the nearest place.
Table visionRescalesTable(const quant::CodedVision& coded);

// At most so many rows; layers that would exceed it are left out, with a note.
inline constexpr std::size_t kMostChannelRows = 40'000;

// Table "channels": the largest magnitude of each channel over some pictures before and after a
// trick, for the layers where one acts: "factors" (grids with a power of two for each channel) and
// "smoothing" (normalisations whose channels are scaled). No rows: there is none.
Result<void> addVisionChannels(const quant::CodedVision& coded, const OpenVision& original,
                               std::span<const std::vector<float>> pictures, RunResult& out);

} // namespace vitrine::quantization_plugin
