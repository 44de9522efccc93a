#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <compare>
#include <functional>
#include <optional>
#include <string>
#include <vector>

// Figures of this room's runs, from their tables alone. Any thread.
namespace vitrine::video_plugin
{

// What a line is of, by the run's own tables.
struct LineId {
    std::string run;   // uid
    std::string curve; // "x264"; empty where the table names none
    std::string point; // of a line over frames, see PointName; empty: the whole curve

    friend auto operator<=>(const LineId&, const LineId&) = default;
};

struct LineLook {
    bool isShown = true;
    std::optional<std::string> name{}; // in the legend
    std::optional<int> colour{};
};
using LineLooks = std::function<LineLook(const LineId& line)>;

// "rd-psnr", "rd-ssim": quality over rate, a curve per codec and run (video.compare); "curves":
// anchor and test of video.bd; "quality", "bits": frame by frame (every run that has a table
// `frames`). Empty ones are left out.
//
// Too many lines over frames cannot be told apart: `looks` says which are drawn, and how. Without
// it: all where they are few, else of each codec the one of a like rate.
//
// Colours tell codecs apart; runs differ in the style of their lines, which follows from `places`.
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs, const LineLooks& looks = {},
                                    const figure::RunPlaces& places = {});

} // namespace vitrine::video_plugin
