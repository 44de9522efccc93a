#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "core/attention/sinks.h"
#include "core/figure/run_places.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/attention/figures/figures.h"

// A view's state as the figures read it, and the scores they show.
namespace vitrine::attention_plugin
{

using model::readableToken;

enum class FigureScore { firstTokenMass, sinkMass, entropy, difference };

struct FigureHead {
    int layer = -1, head = -1; // the model's own numbers
    friend auto operator<=>(const FigureHead&, const FigureHead&) = default;
};

struct FigureState {
    FigureHead head; // -1: the one with the highest score
    attention::SinkOptions sinks;
    FigureScore score = FigureScore::firstTokenMass;
    figure::Scale scale = figure::Scale::linear;
    double clip = 0.1;
    figure::ColourMap colours = figure::ColourMap::viridis;
    std::vector<std::int64_t> pinnedTokens;
    std::vector<FigureHead> pinnedHeads;
    double row = -1, column = -1, zoom = 1; // centre of the window; -1: the middle
    figure::RunPlaces places;               // colours of the runs
};
// Defaults of the sink rule are those of the run.
FigureState figureState(const Json& json, const RunRecord& run);

struct ScoredHead {
    FigureHead id;
    std::int64_t layerIndex = 0;
    double value = 0;
};
// The score of every head of `run`, in the order of its file. Differences are against `first`;
// where the two have no difference, the first-token mass is taken and `score` set to it.
std::vector<ScoredHead> scoredHeads(const FigureRun& run, const FigureRun& first,
                                    const FigureState& state, FigureScore& score);
// The run whose heads are scored: for differences the second, where it may be compared with the
// first; else the first. The window, exported figures and reports ask here.
const FigureRun& scoredRun(const std::vector<FigureRun>& runs, const FigureState& state);
// The selected head, or the one with the highest score in the scored run; the lowest layer and head
// of equals.
ScoredHead chosenHead(const std::vector<FigureRun>& runs, const FigureState& state);

std::string scoreLabel(FigureScore score);
std::string scoreUnit(FigureScore score);
std::string scoreCaption(FigureScore score); // what it means, one sentence

std::vector<figure::RunLook> looksOf(const std::vector<FigureRun>& runs, const FigureState& state);

std::string runLabel(const RunRecord& run); // "#12 speech-2016.txt · vitrine-lm"
std::string headLabel(FigureHead head);     // "layer 3, head 5"
figure::Recipe recipeOf(const std::vector<FigureRun>& runs, const std::string& name,
                        const Json& state);

} // namespace vitrine::attention_plugin
