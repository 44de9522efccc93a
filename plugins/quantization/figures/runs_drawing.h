#pragma once

#include "core/figure/figure.h"
#include "core/figure/run_places.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// A figure that is begun: its name and title, and from which runs, by the view of which experiment
// and in which state it is made again.
figure::Figure startedFigure(const char* name, std::string title, const Runs& runs,
                             const char* experiment, const State& state);

// How runs look: each keeps the colour that the state gives it.
std::vector<figure::RunLook> looksOf(const Runs& runs, const State& state);

// The runs of one kind among some, how they look, and figures of them that are begun. The state
// outlives it.
class RunsDrawing
{
public:
    bool isEmpty() const { return runs_.empty(); }
    const Runs& runs() const { return runs_; }
    const State& state() const { return state_; }
    const figure::RunLook& look(std::size_t run) const { return looks_[run]; }
    std::size_t selectedPlace() const { return selectedRun(state_, runs_); }
    const RunRecord& selected() const { return *runs_[selectedPlace()]; }

    figure::Figure start(const char* name, std::string title) const;
    // Of one run only: which one is said where there are several.
    figure::Figure startOne(const char* name, std::string title, const RunRecord& run) const;

protected:
    struct Kind {
        const char* experiment;
        bool (*isOne)(const RunRecord& run);
        std::string (*name)(const RunRecord& run); // in the title of a figure of one run
    };
    RunsDrawing(const Runs& runs, const State& state, Kind kind);

private:
    Kind kind_;
    Runs runs_;
    std::vector<figure::RunLook> looks_;
    const State& state_;
};

} // namespace vitrine::quantization_plugin
