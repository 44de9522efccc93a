#pragma once

#include "core/figure/figure.h"
#include "core/figure/run_places.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

inline constexpr int kSelected = figure::kTextColour; // of what marks a selection

// The versions among some runs, how they look, and figures of them that are begun.
class Drawing
{
public:
    Drawing(const Runs& runs, const State& state);

    bool isEmpty() const { return runs_.empty(); }
    const Runs& runs() const { return runs_; }
    const State& state() const { return state_; }
    const figure::RunLook& look(std::size_t run) const { return looks_[run]; }
    const RunRecord& selected() const { return *runs_[selectedRun(state_, runs_)]; }
    const std::string& layer() const { return state_.layer; }

    figure::Figure start(const char* name, std::string title) const;
    // Of one run only: which one is said where there are several.
    figure::Figure startOne(const char* name, std::string title, const RunRecord& run) const;
    // A line of the run at this place, without points.
    figure::Series line(std::size_t run) const;

private:
    Runs runs_;
    std::vector<figure::RunLook> looks_;
    const State& state_;
};

figure::Span lineAt(bool isVertical, double place, int colour);
figure::Span bandAround(bool isVertical, double place); // a cell's row or column

} // namespace vitrine::quantization_plugin
