#include "plugins/attention/figures/state.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/attention/comparable.h"
#include "core/base/cut_text.h"
#include "core/base/json.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/common/stored_sinks.h"

namespace vitrine::attention_plugin
{

namespace
{

constexpr std::size_t kLongestName = 80; // bytes, of a file in a label

double numberIn(const Json& json, const char* key, double fallback, double low, double high)
{
    if (!json.is_object() || !json.contains(key) || !json[key].is_number())
        return fallback;
    const double value = json[key].get<double>();
    return value >= low && value <= high ? value : fallback;
}

std::string word(const Json& json, const char* key)
{
    return json.is_object() && json.contains(key) && json[key].is_string()
               ? json[key].get<std::string>()
               : std::string();
}

const Json& part(const Json& json, const char* key)
{
    static const Json none;
    return json.is_object() && json.contains(key) ? json[key] : none;
}

attention::SinkRule ruleOf(const std::string& name, attention::SinkRule fallback)
{
    return name == "absolute"   ? attention::SinkRule::absolute
           : name == "relative" ? attention::SinkRule::relative
           : name == "uniform"  ? attention::SinkRule::uniform
                                : fallback;
}

attention::SinkOptions sinksOf(const Json& json, const RunRecord& run)
{
    attention::SinkOptions options = storedSinkOptions(run.params);
    options.rule = ruleOf(word(json, "rule"), options.rule);
    options.tau = numberIn(json, "tau", options.tau, 0, 1);
    options.alpha = numberIn(json, "alpha", options.alpha, 0, 1e6);
    options.protect = static_cast<int>(numberIn(json, "protect", options.protect, 0, 1e6));
    options.minRows = static_cast<int>(numberIn(json, "min_rows", options.minRows, 0, 1e6));
    return options;
}

double valueOf(const FigureRun& run, std::int64_t layer, std::int64_t head, FigureScore score,
               const attention::SinkOptions& options)
{
    const attention::Capture& capture = *run.capture;
    if (score == FigureScore::entropy)
        return capture.entropy(layer, head);
    if (score != FigureScore::sinkMass)
        return capture.firstTokenMass(layer, head);
    const auto columnScore = capture.columnScore(layer, head);
    if (!attention::areFinite(columnScore))
        return std::nan("");
    return sinkMass(attention::findSinks(columnScore, capture.columnRows(), options),
                    capture.tokens())
        .mass;
}

} // namespace

FigureState figureState(const Json& json, const RunRecord& run)
{
    FigureState state;
    const Json& selection = part(json, "selection");
    state.head.layer = static_cast<int>(numberIn(selection, "layer", -1, 0, 511));
    state.head.head = static_cast<int>(numberIn(selection, "head", -1, 0, 4095));
    state.sinks = sinksOf(json, run);
    const std::string score = word(json, "score");
    state.score = score == "sink_mass"    ? FigureScore::sinkMass
                  : score == "entropy"    ? FigureScore::entropy
                  : score == "difference" ? FigureScore::difference
                                          : FigureScore::firstTokenMass;
    state.scale = word(json, "scale") == "log" ? figure::Scale::logarithmic : figure::Scale::linear;
    state.clip = numberIn(json, "clip", 0.1, 1e-6, 1);
    const std::string colours = word(json, "colour_map");
    state.colours = colours == "cividis" ? figure::ColourMap::cividis
                    : colours == "magma" ? figure::ColourMap::magma
                                         : figure::ColourMap::viridis;
    for (const Json& token : part(json, "pinned_tokens"))
        if (token.is_number_integer())
            state.pinnedTokens.push_back(token.get<std::int64_t>());
    for (const Json& head : part(json, "pinned_heads"))
        if (head.is_array() && head.size() == 2 && head[0].is_number_integer() &&
            head[1].is_number_integer())
            state.pinnedHeads.push_back({head[0].get<int>(), head[1].get<int>()});
    const Json& window = part(json, "window");
    state.row = numberIn(window, "row", -1, 0, 1e9);
    state.column = numberIn(window, "column", -1, 0, 1e9);
    state.zoom = numberIn(window, "zoom", 1, 1, 1e9);
    state.places = figure::runPlacesIn(json);
    return state;
}

std::vector<ScoredHead> scoredHeads(const FigureRun& run, const FigureRun& first,
                                    const FigureState& state, FigureScore& score)
{
    score = state.score;
    if (score == FigureScore::difference &&
        (run.capture == first.capture || !whyNotComparable(*first.capture, *run.capture).empty()))
        score = FigureScore::firstTokenMass;
    std::vector<ScoredHead> heads;
    for (std::int64_t l = 0; l < run.capture->layers(); ++l) {
        for (std::int64_t h = 0; h < run.capture->heads(); ++h) {
            const double value = score == FigureScore::difference
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

const FigureRun& scoredRun(const std::vector<FigureRun>& runs, const FigureState& state)
{
    const bool second = state.score == FigureScore::difference && runs.size() > 1 &&
                        whyNotComparable(*runs[0].capture, *runs[1].capture).empty();
    return second ? runs[1] : runs.front();
}

ScoredHead chosenHead(const std::vector<FigureRun>& runs, const FigureState& state)
{
    FigureScore score;
    const auto heads = scoredHeads(scoredRun(runs, state), runs.front(), state, score);
    const auto weight = [](const ScoredHead& head) {
        return std::isnan(head.value) ? -1.0 : head.value;
    };
    ScoredHead best;
    for (const ScoredHead& head : heads) {
        if (head.id == state.head)
            return head;
        if (best.id.layer < 0 || weight(head) > weight(best))
            best = head;
    }
    return best;
}

std::string scoreLabel(FigureScore score)
{
    switch (score) {
    case FigureScore::sinkMass:
        return "Sink mass";
    case FigureScore::entropy:
        return "Entropy";
    case FigureScore::difference:
        return "Difference";
    case FigureScore::firstTokenMass:
        break;
    }
    return "First-token mass";
}

std::string scoreUnit(FigureScore score)
{
    return score == FigureScore::entropy ? "nat" : "";
}

std::string scoreCaption(FigureScore score)
{
    switch (score) {
    case FigureScore::sinkMass:
        return "Sink mass: mean weight that queries after the first give to the columns that the "
               "rule flags.";
    case FigureScore::entropy:
        return "Entropy: mean over rows of -sum A ln A.";
    case FigureScore::difference:
        return "Difference: share of the attention mass that goes to other keys than in the first "
               "run.";
    case FigureScore::firstTokenMass:
        break;
    }
    return "First-token mass: mean weight that queries after the first give to token 0.";
}

std::vector<figure::RunLook> looksOf(const std::vector<FigureRun>& runs, const FigureState& state)
{
    return figure::runLooks(runs, state.places, [](const FigureRun& run) { return run.run->uid; });
}

std::string runLabel(const RunRecord& run)
{
    std::string text = parameterText(run.params, "prompt_file");
    if (text.empty())
        text = parameterText(run.params, "file");
    if (!text.empty())
        text = std::filesystem::path(text).filename().string();
    if (text.empty())
        text = cutAtWord(parameterText(run.params, "prompt"), 32);
    text = cutText(text, kLongestName);
    std::string label = run.number > 0 ? fmt::format("#{}", run.number) : std::string();
    const std::string model =
        cutText(std::filesystem::path(parameterText(run.params, "model")).filename().string(),
                kLongestName);
    for (const std::string& piece : {text, model})
        if (!piece.empty())
            label += (label.empty()                                           ? ""
                      : label.front() == '#' && label.find(' ') == label.npos ? " "
                                                                              : " · ") +
                     piece;
    return label;
}

std::string headLabel(FigureHead head)
{
    return fmt::format("layer {}, head {}", head.layer, head.head);
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
