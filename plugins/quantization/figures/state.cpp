#include "plugins/quantization/figures/state.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

#include <algorithm>

namespace vitrine::quantization_plugin
{

State readState(const Json& json)
{
    return {.places = figure::runPlacesIn(json),
            .run = textIn(json, "run"),
            .layer = textIn(json, "layer")};
}

std::string text(const State& state)
{
    Json json = parseJson(figure::runPlacesText(state.places), "places").value_or(Json::object());
    if (!state.run.empty())
        json["run"] = state.run;
    if (!state.layer.empty())
        json["layer"] = state.layer;
    return dumpJson(json);
}

std::size_t selectedRun(const State& state, const std::vector<const RunRecord*>& runs)
{
    const auto found = std::ranges::find(runs, state.run, &RunRecord::uid);
    return found == runs.end() ? 0 : static_cast<std::size_t>(found - runs.begin());
}

} // namespace vitrine::quantization_plugin
