#pragma once

#include "core/figure/map_look.h"
#include "core/figure/run_places.h"
#include "plugins/calibration/figures/figures.h"
#include "plugins/common/map_figures.h"
#include "plugins/common/selection.h"

#include <string>
#include <vector>

// A view's state, and what figures have in common.
namespace vitrine::calibration_plugin
{

enum class HeadScore { massMoved, sinks, sinkMass, firstTokenMass, entropy };

// What a person sees and changes in the tuning view: the window, exported figures and reports read
// it here. Keys of its JSON: README.md. Everything is optional there; what is missing or malformed
// takes the default.
struct State {
    Selection selection; // no head: the run's own
    HeadScore score = HeadScore::massMoved;
    figure::MapLook look;
    Params tune;          // what is tuned, as far as it differs from the run
    std::string tuneOf;   // uid of that run: tuning belongs to the run it was begun on
    bool ownBeta = false; // the slider sets the shown head's own beta

    friend bool operator==(const State&, const State&) = default;
};
State readState(const Json& json);
// The JSON with what differs from `before`, as it was read, changed; all else as it stands.
Json written(Json json, const State& state, const State& before);

// Names as in the state and the table `heads`, as people read them, with their unit and meaning.
std::string scoreName(HeadScore score);
std::string scoreLabel(HeadScore score);
std::string scoreUnit(HeadScore score);
std::string scoreHelp(HeadScore score);
HeadScore scoreNamed(std::string_view name);
double scoreOf(const TunedHead& head, HeadScore score);

// Colours of the runs.
std::vector<figure::RunLook> looksOf(const std::vector<const RunRecord*>& runs, const Json& state);

// An empty figure with name, title and recipe.
figure::Figure newFigure(std::string name, std::string title,
                         const std::vector<const RunRecord*>& runs, const Json& state);

// Vertical lines from low to high with end marks, one per place; gaps part them.
struct ErrorBar {
    double x = 0, low = 0, high = 0;
};
figure::Series errorBars(std::string name, const std::vector<ErrorBar>& bars, double capWidth);

} // namespace vitrine::calibration_plugin
