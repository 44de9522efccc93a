#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/video/sequence.h"

namespace vitrine::video_plugin
{

// The metrics that are named in the contract: psnr_y, psnr_y_pooled, ..., with notes for those that
// are not defined.
void addQualityMetrics(const video::SequenceQuality& quality, const video::SourceInfo& info,
                       bool hasVif, RunResult& out);

} // namespace vitrine::video_plugin
