#include "plugins/quantization/figures/state.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostPlace = 1 << 20;
constexpr std::size_t kMostAssumptions = 64;

} // namespace

State readState(const Json& json)
{
    State state{.places = figure::runPlacesIn(json),
                .run = textIn(json, "run"),
                .layer = textIn(json, "layer"),
                .position = wholeIn(json, "position", 0, kMostPlace, 0),
                .mapLayer = wholeIn(json, "map_layer", 0, kMostPlace, -1),
                .isHeadShown = textIn(json, "map") == "head",
                .output = wholeIn(json, "output", 0, kMostPlace, 0),
                .plane = wholeIn(json, "plane", 0, kMostPlace, 0),
                .isOriginal32 = textIn(json, "original") == "fp32",
                .budget = numberIn(json, "budget", 1, 16, 0),
                .label = textIn(json, "label"),
                .answer = textIn(json, "answer"),
                .isRowShare = textIn(json, "cells") == "share",
                .isBitsShown = textIn(json, "over") == "bits"};
    if (const Json& cost = partIn(json, "cost"); cost.is_object())
        for (const auto& [name, value] : cost.items())
            if (value.is_number() && std::isfinite(value.get<double>()) &&
                state.cost.size() < kMostAssumptions)
                state.cost[name] = value.get<double>();
    return state;
}

std::string text(const State& state)
{
    Json json = parseJson(figure::runPlacesText(state.places), "places").value_or(Json::object());
    if (!state.run.empty())
        json["run"] = state.run;
    if (!state.layer.empty())
        json["layer"] = state.layer;
    if (state.position > 0)
        json["position"] = state.position;
    if (state.mapLayer >= 0)
        json["map_layer"] = state.mapLayer;
    if (state.isHeadShown)
        json["map"] = "head";
    if (state.output > 0)
        json["output"] = state.output;
    if (state.plane > 0)
        json["plane"] = state.plane;
    if (!state.cost.empty())
        json["cost"] = state.cost;
    if (state.isOriginal32)
        json["original"] = "fp32";
    if (state.budget > 0)
        json["budget"] = state.budget;
    if (!state.label.empty())
        json["label"] = state.label;
    if (!state.answer.empty())
        json["answer"] = state.answer;
    if (state.isRowShare)
        json["cells"] = "share";
    if (state.isBitsShown)
        json["over"] = "bits";
    return dumpJson(json);
}

std::size_t selectedRun(const State& state, const std::vector<const RunRecord*>& runs)
{
    const auto found = std::ranges::find(runs, state.run, &RunRecord::uid);
    return found == runs.end() ? 0 : static_cast<std::size_t>(found - runs.begin());
}

} // namespace vitrine::quantization_plugin
