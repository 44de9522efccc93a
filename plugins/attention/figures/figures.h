#pragma once

#include <string_view>
#include <vector>

#include "core/attention/capture.h"
#include "core/base/json.h"
#include "core/figure/figure.h"
#include "core/jobs/experiment/run_record.h"

// Figures of captured runs as a view with this state shows them. State keys: README.md; all are
// optional, what is missing or malformed takes its default. Any thread.
namespace vitrine::attention_plugin
{

// All figures of these runs; runs without a readable capture are left out. Names: "sink-profile",
// "attention-map" (one per run: the second is "attention-map-2"), "attention-difference" (two runs
// of equally many tokens), "head-overview", "heads", "entropy-mass".
std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs, const Json& state);

// The single ones, on captures that are open already. At least one run each; drawing is quick
// except for the maps of long texts, whose tiles are computed again.
struct FigureRun {
    const RunRecord* run = nullptr;
    const attention::Capture* capture = nullptr;
};
// s[j] of the selected (and pinned) heads, the threshold, and uniform attention's u[j].
figure::Figure sinkProfile(const std::vector<FigureRun>& runs, const Json& state);
// The selected head's map, max-pooled to at most 1,024 cells a side; the thumbnail where the head
// was not kept.
figure::Figure attentionMap(const FigureRun& run, const Json& state);
// Second less first; pooled cells show the entry farthest from zero. Both must have equally many
// tokens.
Result<figure::Figure> attentionDifference(const FigureRun& first, const FigureRun& second,
                                           const Json& state);
// The chosen score of every head as a grid, layers down and heads across.
figure::Figure headOverview(const std::vector<FigureRun>& runs, const Json& state);
// The chosen score of the highest heads as bars, all runs side by side.
figure::Figure headBars(const std::vector<FigureRun>& runs, const Json& state);
// Every head: first-token mass against entropy.
figure::Figure entropyMass(const std::vector<FigureRun>& runs, const Json& state);

} // namespace vitrine::attention_plugin
