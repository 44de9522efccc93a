#include "plugins/calibration/figures/state.h"

#include "core/base/json.h"
#include "core/base/json_state.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::array kScores = {HeadScore::massMoved, HeadScore::sinks, HeadScore::sinkMass,
                                HeadScore::firstTokenMass, HeadScore::entropy};

} // namespace

State readState(const Json& json)
{
    return {.selection = selectionIn(json),
            .score = scoreNamed(textIn(json, "score")),
            .look = figure::mapLookIn(json),
            .tune = tuningIn(partIn(json, "tune")),
            .tuneOf = textIn(json, "tune_of"),
            .ownBeta = textIn(json, "beta_of") == "head"};
}

Json written(Json json, const State& state, const State& before)
{
    if (!json.is_object())
        json = Json::object();
    putSelection(json, state.selection, before.selection);
    if (state.score != before.score)
        json["score"] = scoreName(state.score);
    figure::putMapLook(json, state.look, before.look);
    if (state.ownBeta != before.ownBeta)
        json["beta_of"] = state.ownBeta ? "head" : "all";
    if (state.tune == before.tune)
        return json;
    if (state.tune.all().empty()) {
        json.erase("tune");
        json.erase("tune_of");
    } else {
        json["tune"] = toJson(state.tune);
        json["tune_of"] = state.tuneOf;
    }
    return json;
}

std::string scoreName(HeadScore score)
{
    static const std::array<std::string, 5> names = {"mass_moved", "sinks", "sink_mass",
                                                     "first_token_mass", "entropy"};
    return names[static_cast<std::size_t>(score)];
}

std::string scoreLabel(HeadScore score)
{
    static const std::array<std::string, 5> labels = {"Mass moved", "Sinks", "Sink mass",
                                                      "First-token mass", "Entropy"};
    return labels[static_cast<std::size_t>(score)];
}

std::string scoreUnit(HeadScore score)
{
    return score == HeadScore::entropy ? "nat" : "";
}

std::string scoreHelp(HeadScore score)
{
    static const std::array<std::string, 5> help = {
        "Weight taken from sinks and given to other keys, summed over the head's rows: (1 − β) mᵢ.",
        "Columns of the head that are shrunk.",
        "Mean weight that later rows give to the head's sinks together, before calibration.",
        "Mean weight that later rows give to the first token, before calibration.",
        "Mean over rows of −Σ A ln A, before calibration. Low: the head looks at few tokens."};
    return help[static_cast<std::size_t>(score)];
}

HeadScore scoreNamed(std::string_view name)
{
    for (const HeadScore score : kScores)
        if (scoreName(score) == name)
            return score;
    return HeadScore::massMoved;
}

double scoreOf(const TunedHead& head, HeadScore score)
{
    switch (score) {
    case HeadScore::massMoved:
        return head.massMoved;
    case HeadScore::sinks:
        return static_cast<double>(head.sinks);
    case HeadScore::sinkMass:
        return head.sinkMass;
    case HeadScore::firstTokenMass:
        return head.firstTokenMass;
    case HeadScore::entropy:
        return head.entropy;
    }
    return std::nan("");
}

std::vector<figure::RunLook> looksOf(const std::vector<const RunRecord*>& runs, const Json& state)
{
    return figure::runLooks(runs, figure::runPlacesIn(state),
                            [](const RunRecord* run) { return run->uid; });
}

figure::Figure newFigure(std::string name, std::string title,
                         const std::vector<const RunRecord*>& runs, const Json& state)
{
    figure::Figure figure;
    figure.name = std::move(name);
    figure.title = std::move(title);
    for (const RunRecord* run : runs)
        figure.recipe.runs.push_back(run->uid);
    figure.recipe.experiment = runs.empty() ? std::string() : runs.front()->experiment;
    figure.recipe.figure = figure.name;
    figure.recipe.state = dumpJson(state.is_null() ? Json::object() : state);
    return figure;
}

figure::Series errorBars(std::string name, const std::vector<ErrorBar>& bars, double capWidth)
{
    figure::Series series;
    series.name = std::move(name);
    series.colour = figure::kTextColour;
    series.width = 1;
    const auto stroke = [&](double x0, double y0, double x1, double y1) {
        series.x.insert(series.x.end(), {x0, x1, x1});
        series.y.insert(series.y.end(), {y0, y1, std::nan("")});
    };
    for (const ErrorBar& bar : bars) {
        if (!std::isfinite(bar.low) || !std::isfinite(bar.high))
            continue;
        stroke(bar.x, bar.low, bar.x, bar.high);
        stroke(bar.x - capWidth / 2, bar.low, bar.x + capWidth / 2, bar.low);
        stroke(bar.x - capWidth / 2, bar.high, bar.x + capWidth / 2, bar.high);
    }
    return series;
}

} // namespace vitrine::calibration_plugin
