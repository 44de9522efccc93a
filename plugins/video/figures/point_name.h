#pragma once

#include "core/jobs/experiment/read_run.h"

// How a row of the tables `rd` and `frames` of video.compare names its point.
namespace vitrine::video_plugin
{

struct PointName {
    std::string curve;   // "x264"; "x264 preset=slow:gop=32:protocol=ra" of several
    std::string setting; // "crf=22:preset=slow:gop=32:protocol=ra"
    std::string point;   // tells the points of a run apart; empty where the table has none
    std::string stream;  // the artifact that holds what was coded; empty where the row names none
};

// Runs of earlier versions have no columns `point` and `stream`: there curve and setting tell
// points apart, and streams are called by the rule by which those versions called them. Later ones
// have both in `rd`, but not all of them `stream` in `frames`.
PointName pointNameOf(const RowReader& row);

} // namespace vitrine::video_plugin
