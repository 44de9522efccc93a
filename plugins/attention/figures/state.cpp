#include "plugins/attention/figures/state.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/attention/comparable.h"
#include "core/base/json.h"
#include "core/base/json_state.h"
#include "core/jobs/experiment/plain_params.h"
#include "plugins/common/experiment_sinks.h"

namespace vitrine::attention_plugin
{

namespace
{

constexpr std::array kScores = {Score::firstTokenMass, Score::sinkMass, Score::entropy,
                                Score::difference};

Score scoreNamed(const std::string& name)
{
    const auto found = std::ranges::find(kScores, name, scoreName);
    return found == kScores.end() ? Score::firstTokenMass : *found;
}

double valueOf(const FigureRun& run, std::int64_t layer, std::int64_t head, Score score,
               const attention::SinkOptions& options)
{
    const attention::Capture& capture = *run.capture;
    if (score == Score::entropy)
        return capture.entropy(layer, head);
    if (score != Score::sinkMass)
        return capture.firstTokenMass(layer, head);
    const auto columnScore = capture.columnScore(layer, head);
    if (!attention::areFinite(columnScore))
        return std::nan("");
    return sinkMass(attention::findSinks(columnScore, capture.columnRows(), options),
                    capture.tokens())
        .mass;
}

} // namespace

State readState(const Json& json, const RunRecord& run)
{
    State state;
    state.selection = selectionIn(json);
    state.sinks = sinkOptions(plainParams(json), sinkOptions(run.params));
    state.score = scoreNamed(textIn(json, "score"));
    state.ranked = textIn(json, "order") == "score";
    state.look = figure::mapLookIn(json);
    for (const Json& value : listIn(json, "pinned_tokens"))
        if (const auto token = tokenIn(value))
            state.pinnedTokens.push_back(*token);
    for (const Json& value : listIn(json, "pinned_heads"))
        if (value.is_array() && value.size() == 2)
            if (const auto head = headIn(value[0], value[1]))
                state.pinnedHeads.push_back(*head);
    state.places = figure::runPlacesIn(json);
    const Json& sort = partIn(json, "sort");
    if (partIn(sort, "column").is_string())
        state.sortColumn = textIn(sort, "column");
    state.sortDescending = flagIn(sort, "descending", true);
    return state;
}

Json written(Json json, const State& state, const State& before)
{
    if (!json.is_object())
        json = Json::object();
    putSelection(json, state.selection, before.selection);
    if (state.sinks != before.sinks)
        json.update(toJson(paramsOf(state.sinks)));
    if (state.score != before.score)
        json["score"] = scoreName(state.score);
    if (state.ranked != before.ranked)
        json["order"] = state.ranked ? "score" : "grid";
    figure::putMapLook(json, state.look, before.look);
    if (state.pinnedTokens != before.pinnedTokens)
        json["pinned_tokens"] = state.pinnedTokens;
    if (state.pinnedHeads != before.pinnedHeads) {
        json["pinned_heads"] = Json::array();
        for (const LayerHead head : state.pinnedHeads)
            json["pinned_heads"].push_back({head.layer, head.head});
    }
    if (state.sortColumn != before.sortColumn || state.sortDescending != before.sortDescending)
        json["sort"] = {{"column", state.sortColumn}, {"descending", state.sortDescending}};
    return json;
}

std::vector<ScoredHead> scoredHeads(const FigureRun& run, const FigureRun& first,
                                    const State& state, Score& score)
{
    score = state.score;
    if (score == Score::difference &&
        (run.capture == first.capture || !whyNotComparable(*first.capture, *run.capture).empty()))
        score = Score::firstTokenMass;
    std::vector<ScoredHead> heads;
    for (std::int64_t l = 0; l < run.capture->layers(); ++l) {
        for (std::int64_t h = 0; h < run.capture->heads(); ++h) {
            const double value = score == Score::difference
                                     ? attention::massMoved(first.capture->columnScore(l, h),
                                                            run.capture->columnScore(l, h),
                                                            run.capture->columnRows())
                                     : valueOf(run, l, h, score, state.sinks);
            heads.push_back(
                {{run.capture->layerIds()[static_cast<std::size_t>(l)], static_cast<int>(h)},
                 l,
                 value});
        }
    }
    return heads;
}

const FigureRun& scoredRun(const std::vector<FigureRun>& runs, const State& state)
{
    const bool second = state.score == Score::difference && runs.size() > 1 &&
                        whyNotComparable(*runs[0].capture, *runs[1].capture).empty();
    return second ? runs[1] : runs.front();
}

ScoredHead chosenHead(const std::vector<FigureRun>& runs, const State& state)
{
    Score score;
    const auto heads = scoredHeads(scoredRun(runs, state), runs.front(), state, score);
    const auto weight = [](const ScoredHead& head) {
        return std::isnan(head.value) ? -1.0 : head.value;
    };
    const ScoredHead* best = nullptr;
    for (const ScoredHead& head : heads) {
        if (head.id == state.selection.head)
            return head;
        if (!best || weight(head) > weight(*best))
            best = &head;
    }
    return best ? *best : ScoredHead{.id = {-1, -1}};
}

std::string scoreName(Score score)
{
    static const std::array<std::string, 4> names = {"first_token_mass", "sink_mass", "entropy",
                                                     "difference"};
    return names[static_cast<std::size_t>(score)];
}

std::string scoreHelp(Score score)
{
    static const std::array<std::string, 4> help = {
        "Mean weight that later tokens give to the first token: mean over rows i ≥ 1 of A[i,0]. 0 "
        "to 1.",
        "Mean weight that rows i ≥ 1 give to all sinks of the head together, by the rule below. 0 "
        "to 1.",
        "Mean over rows of −Σⱼ A[i,j] ln A[i,j], in nat. Low: the head looks at few tokens.",
        "Share of the attention mass that goes to other keys in the second run: ½ Σⱼ |s₁[j] − "
        "s₂[j]| · rows[j] / T. 0 to 1."};
    return help[static_cast<std::size_t>(score)];
}

std::string scoreLabel(Score score)
{
    switch (score) {
    case Score::sinkMass:
        return "Sink mass";
    case Score::entropy:
        return "Entropy";
    case Score::difference:
        return "Difference";
    case Score::firstTokenMass:
        break;
    }
    return "First-token mass";
}

std::string scoreUnit(Score score)
{
    return score == Score::entropy ? "nat" : "";
}

std::string scoreCaption(Score score)
{
    switch (score) {
    case Score::sinkMass:
        return "Sink mass: mean weight that queries after the first give to the columns that the "
               "rule flags.";
    case Score::entropy:
        return "Entropy: mean over rows of -sum A ln A.";
    case Score::difference:
        return "Difference: share of the attention mass that goes to other keys than in the first "
               "run.";
    case Score::firstTokenMass:
        break;
    }
    return "First-token mass: mean weight that queries after the first give to token 0.";
}

std::vector<figure::RunLook> looksOf(const std::vector<FigureRun>& runs, const State& state)
{
    return figure::runLooks(runs, state.places, [](const FigureRun& run) { return run.run->uid; });
}

figure::Recipe recipeOf(const std::vector<FigureRun>& runs, const std::string& name,
                        const Json& state)
{
    figure::Recipe recipe;
    for (const FigureRun& run : runs)
        recipe.runs.push_back(run.run->uid);
    recipe.experiment = runs.front().run->experiment;
    recipe.figure = name;
    recipe.state = dumpJson(state.is_null() ? Json::object() : state);
    return recipe;
}

} // namespace vitrine::attention_plugin
