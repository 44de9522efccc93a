#pragma once

#include "core/attention/capture.h"
#include "core/base/json.h"
#include "core/figure/figure.h"
#include "plugins/calibration/figures/data.h"

#include <string>
#include <vector>

// Figures of this room's runs as a view with this state shows them. State keys: README.md; all are
// optional, what is missing or malformed takes its default. Equal runs and state give equal
// figures. Any thread.
namespace vitrine::calibration_plugin
{

// All figures of these runs, by the experiment of the first one; the others of it stand beside.
//   tune:     "map-before", "map-after", "map-difference" (of a second run "map-before-2", ...),
//             "sink-profile", "sink-census", "head-matrix", "next-tokens"
//   evaluate: "accuracy" or "perplexity"; "ablation" where several runs differ in one number
//   search:   "search-gains", "search-matrix"
//   apply:    none (its maps are an artifact)
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs, const Json& state);

// A run of calibration.tune with its captures open.
struct TuneRun {
    const RunRecord* run = nullptr;
    const attention::Capture *before = nullptr, *after = nullptr;
};
enum class Side { before, after, difference };

// The head the state selects, else the one the run kept, else the calibrated one that moved most.
LayerHead shownHead(const RunRecord& run, const Json& state);

// The shown head's map without and with calibration, and second less first.
Result<figure::Figure> calibrationMap(const TuneRun& run, Side side, const Json& state);
// s[j] before and after, and the threshold that decides on the one before. At least one run.
figure::Figure sinkProfile(const std::vector<TuneRun>& runs, const Json& state);
// Where in the text sinks stand, by tenths of it, before and after.
figure::Figure sinkCensus(const std::vector<const RunRecord*>& runs, const Json& state);
// The chosen score of every head, layers down and heads across.
figure::Figure headMatrix(const RunRecord& run, const Json& state);
// Probability of the likeliest next tokens before and after.
figure::Figure nextTokenBars(const std::vector<const RunRecord*>& runs, const Json& state);

// Accuracy with its 95 % interval: without calibration, with it, and the band of random heads.
figure::Figure accuracyBars(const std::vector<const RunRecord*>& runs, const Json& state);
figure::Figure perplexityBars(const std::vector<const RunRecord*>& runs, const Json& state);
// Gain of each head on the searching half with its interval, best first.
figure::Figure searchGains(const RunRecord& run, const Json& state);
figure::Figure searchMatrix(const RunRecord& run, const Json& state);

// What runs differ in that has a number on an axis: "beta", "alpha", "tau", "heads" (their count).
// Empty where they differ in nothing such.
std::string ablatedParameter(const std::vector<const RunRecord*>& runs);
// Accuracy (or KL, for runs of calibration.tune) over the parameter that the runs differ in.
figure::Figure ablation(const std::vector<const RunRecord*>& runs, const Json& state);

// What a run says, in a sentence or two for people: whether it helps, with the interval. Never
// better than the numbers are.
std::string headline(const RunRecord& run);
std::string details(const RunRecord& run); // what the headline leaves out; may be empty
std::string verdict(const RunRecord& run); // both

} // namespace vitrine::calibration_plugin
