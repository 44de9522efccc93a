#pragma once

#include "core/figure/figure.h"
#include "core/jobs/run_record.h"

#include <vector>

// Figures of this room's runs, from their tables alone. Any thread.
namespace vitrine::video
{

// "rd-psnr", "rd-ssim": quality over rate, a curve per codec and run (video.compare); "curves":
// anchor and test of video.bd; "quality", "bits": frame by frame (every run that has a table
// `frames`). Empty ones are left out.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs);

} // namespace vitrine::video
