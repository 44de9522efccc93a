#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <string>
#include <vector>

namespace vitrine::quantization_plugin
{

// What of a view's state the figures need; the window, exported figures and reports read it here.
// Keys: README.md. Everything is optional there; what is missing or malformed takes the default.
struct State {
    figure::RunPlaces places{}; // the colours that the runs have
    std::string run{};          // uid of the selected one; none of those shown: the first
    std::string layer{};        // the selected linear layer, by its tensor; empty: none
};
State readState(const Json& json);
std::string text(const State& state); // as JSON, for a figure's recipe

// Place of the selected run among these, of which there is at least one.
std::size_t selectedRun(const State& state, const std::vector<const RunRecord*>& runs);

} // namespace vitrine::quantization_plugin
