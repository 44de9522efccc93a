#pragma once

#include "core/figure/figure.h"
#include "core/figure/run_places.h"
#include "plugins/quantization/figures/coded_runs.h"
#include "plugins/quantization/figures/state.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// A name where a block begins ("blocks.3"); of a network without blocks that of each layer.
std::vector<figure::Axis::Tick> blockTicks(const std::vector<std::string>& layers);

// The runs of quantization.vision among some, how they look, and figures of them that are begun.
class CodedDrawing
{
public:
    CodedDrawing(const Runs& runs, const State& state);

    bool isEmpty() const { return runs_.empty(); }
    const Runs& runs() const { return runs_; }
    const State& state() const { return state_; }
    const figure::RunLook& look(std::size_t run) const { return looks_[run]; }
    std::size_t selectedPlace() const { return selectedRun(state_, runs_); }
    const RunRecord& selected() const { return *runs_[selectedPlace()]; }

    figure::Figure start(const char* name, std::string title) const;
    // Of one run only: which one is said where there are several.
    figure::Figure startOne(const char* name, std::string title, const RunRecord& run) const;

private:
    Runs runs_;
    std::vector<figure::RunLook> looks_;
    const State& state_;
};

} // namespace vitrine::quantization_plugin
