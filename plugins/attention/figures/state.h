#pragma once

#include "core/attention/sinks.h"
#include "core/figure/map_look.h"
#include "core/figure/run_places.h"
#include "plugins/attention/figures/figures.h"
#include "plugins/common/selection.h"

#include <cstdint>
#include <string>
#include <vector>

// What a person sees and changes in the view: the window, exported figures and reports read it
// here. And the scores of heads.
namespace vitrine::attention_plugin
{

using model::LayerHead; // the model's own numbers, as the run's tables have them

enum class Score { firstTokenMass, sinkMass, entropy, difference };

// Keys of its JSON: README.md. Everything is optional there; what is missing or malformed takes the
// default.
struct State {
    Selection selection;          // no head: the one with the highest score
    attention::SinkOptions sinks; // defaults: the run's own
    Score score = Score::firstTokenMass;
    bool ranked = false; // heads by score instead of layers x heads
    figure::MapLook look;
    std::vector<std::int64_t> pinnedTokens;
    std::vector<LayerHead> pinnedHeads;
    figure::RunPlaces places; // colours of the runs
    std::string sortColumn = "first_token_mass";
    bool sortDescending = true;

    friend bool operator==(const State&, const State&) = default;
};
// `run` is the first one that is shown: the sink rule is its own where the state has none.
State readState(const Json& json, const RunRecord& run);
// The JSON with what differs from `before`, as it was read, changed; all else as it stands.
Json written(Json json, const State& state, const State& before);

struct ScoredHead {
    LayerHead id;
    std::int64_t layerIndex = 0;
    double value = 0; // NaN: not finite
};
// The score of every head of `run`, in the order of its file. Differences are against `first`;
// where the two have no difference, the first-token mass is taken and `score` set to it.
std::vector<ScoredHead> scoredHeads(const FigureRun& run, const FigureRun& first,
                                    const State& state, Score& score);
// The run whose heads are scored: for differences the second, where it may be compared with the
// first; else the first. The window, exported figures and reports ask here.
const FigureRun& scoredRun(const std::vector<FigureRun>& runs, const State& state);
// The selected head, or the one with the highest score in the scored run; the lowest layer and head
// of equals.
ScoredHead chosenHead(const std::vector<FigureRun>& runs, const State& state);

std::string scoreName(Score score);    // as in the state and in tables: "first_token_mass"
std::string scoreLabel(Score score);   // "First-token mass"
std::string scoreUnit(Score score);    // "nat"
std::string scoreCaption(Score score); // what it means, one sentence
std::string scoreHelp(Score score);    // the same with its equation and range

std::vector<figure::RunLook> looksOf(const std::vector<FigureRun>& runs, const State& state);

figure::Recipe recipeOf(const std::vector<FigureRun>& runs, const std::string& name,
                        const Json& state);

} // namespace vitrine::attention_plugin
