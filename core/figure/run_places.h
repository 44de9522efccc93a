#pragma once

#include "core/base/json_fwd.h"
#include "core/figure/figure.h"

#include <map>
#include <string>
#include <vector>

// Runs side by side are told apart by colour. A run keeps its colour as long as it is open: its
// place among the colours is remembered beside it, and does not follow from the order of the runs.
namespace vitrine::figure
{

// The series colours that runs take in turn. From the seventh run on they begin again: lines are
// dashed then, and bars and points have the colour of the run six places before.
inline constexpr int kRunColours = 6;

using RunPlaces = std::map<std::string, int>; // by uid

// The place of each run, from 0: the one that is remembered, else the first that is free. Two runs
// never have one place. A run that is not stored yet has the empty uid.
std::vector<int> runPlaces(const std::vector<std::string>& uids, const RunPlaces& kept);

// Those that a view's state remembers under "run_places", and a state of nothing else, as JSON text
// for a figure's recipe. A state is not trusted: what is no whole number is left out.
RunPlaces runPlacesIn(const Json& state);
std::string runPlacesText(const RunPlaces& places);

struct RunLook {
    int colour = 0;
    Line line = Line::solid;
};
RunLook lookAt(int place);

// Of runs of any kind; `uidOf` names one.
template <typename Runs, typename UidOf>
std::vector<RunLook> runLooks(const Runs& runs, const RunPlaces& kept, UidOf uidOf)
{
    std::vector<std::string> uids;
    for (const auto& run : runs)
        uids.push_back(uidOf(run));
    std::vector<RunLook> looks;
    for (const int place : runPlaces(uids, kept))
        looks.push_back(lookAt(place));
    return looks;
}

} // namespace vitrine::figure
