#pragma once

#include "core/figure/figure.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <string>

namespace vitrine::quantization_plugin
{

inline constexpr int kSelected = figure::kTextColour; // of what marks a selection

// The versions among some runs.
class Drawing : public RunsDrawing
{
public:
    Drawing(const Runs& runs, const State& state);

    const std::string& layer() const { return state().layer; }
    // A line of the run at this place, without points.
    figure::Series line(std::size_t run) const;
};

figure::Span lineAt(bool isVertical, double place, int colour);
figure::Span bandAround(bool isVertical, double place); // a cell's row or column

} // namespace vitrine::quantization_plugin
