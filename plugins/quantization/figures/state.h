#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"

#include <cstdint>
#include <map>
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
    std::int64_t position = 0;  // the selected token of the probe text
    // Whose maps are shown: a layer of the model; -1: that of the selected linear layer, else the
    // one that moved most. The mean over its heads, or the head that moved most.
    std::int64_t mapLayer = -1;
    bool isHeadShown = false;
    std::int64_t output = 0, plane = 0; // of the look-up: place of the output among those kept
    // Assumptions of the energies by the names of the run's parameters; those that are missing are
    // as the run had them. Whether the original is counted in single precision, with its energies.
    std::map<std::string, double> cost{};
    bool isOriginal32 = false;
    double budget = 0; // mean bits that are tried; 0: the run's own
    // Of vision.evaluate: the selected cell of the confusion matrix, by the names of its classes
    // (empty: none), and whether cells are shares of their row.
    std::string label{}, answer{};
    bool isRowShare = false;
    // Of quantization.vision: whether accuracy is drawn over bits, not over size.
    bool isBitsShown = false;
};
State readState(const Json& json);
std::string text(const State& state); // as JSON, for a figure's recipe

// Place of the selected run among these, of which there is at least one.
std::size_t selectedRun(const State& state, const std::vector<const RunRecord*>& runs);

} // namespace vitrine::quantization_plugin
