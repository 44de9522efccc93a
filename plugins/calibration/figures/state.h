#pragma once

#include "core/figure/run_places.h"
#include "plugins/calibration/figures/figures.h"
#include "plugins/common/map_figures.h"

#include <optional>
#include <string>
#include <vector>

// A view's state as the figures read it, and what they have in common.
namespace vitrine::calibration_plugin
{

enum class HeadScore { massMoved, sinks, sinkMass, firstTokenMass, entropy };

struct FigureState {
    std::optional<LayerHead> head;
    HeadScore score = HeadScore::massMoved;
    MapLook look;
};
FigureState figureState(const Json& json);

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
