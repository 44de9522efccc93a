#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <functional>
#include <string>
#include <vector>

// Figures of this room's runs, from their tables alone. Any thread.
namespace vitrine::video_plugin
{

// "rd-psnr", "rd-ssim": quality over rate, a curve per codec and run (video.compare); "curves":
// anchor and test of video.bd; "quality", "bits": frame by frame (every run that has a table
// `frames`). Empty ones are left out.
//
// Too many lines over frames cannot be told apart: `chosen` says by name ("x264 crf=22:gop=32",
// "#5 x264 ..." of several runs) which are drawn. Without it: all where they are few, else of each
// codec the one of a like rate.
//
// Colours tell codecs apart; runs differ in the style of their lines, which follows from `places`.
using LineChoice = std::function<bool(const std::string& line)>;
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                    const LineChoice& chosen = {},
                                    const figure::RunPlaces& places = {});

} // namespace vitrine::video_plugin
