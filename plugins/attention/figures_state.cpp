#include "plugins/attention/figures_state.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace vitrine::attention {

namespace {

double numberIn(const Json& json, const char* key, double fallback, double low, double high)
{
    if (!json.is_object() || !json.contains(key) || !json[key].is_number())
        return fallback;
    const double value = json[key].get<double>();
    return value >= low && value <= high ? value : fallback;
}

std::string word(const Json& json, const char* key)
{
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                                           : std::string();
}

const Json& part(const Json& json, const char* key)
{
    static const Json none;
    return json.is_object() && json.contains(key) ? json[key] : none;
}

const ParamValue* parameter(const RunRecord& run, std::string_view name)
{
    const auto found = run.params.all().find(name);
    return found == run.params.all().end() ? nullptr : &found->second;
}

double parameterNumber(const RunRecord& run, std::string_view name, double fallback)
{
    const ParamValue* value = parameter(run, name);
    if (value && std::holds_alternative<double>(*value))
        return std::get<double>(*value);
    if (value && std::holds_alternative<std::int64_t>(*value))
        return static_cast<double>(std::get<std::int64_t>(*value));
    return fallback;
}

std::string parameterText(const RunRecord& run, std::string_view name)
{
    const ParamValue* value = parameter(run, name);
    return value && std::holds_alternative<std::string>(*value) ? std::get<std::string>(*value) : std::string();
}

SinkRule ruleOf(const std::string& name, SinkRule fallback)
{
    return name == "absolute"   ? SinkRule::absolute
           : name == "relative" ? SinkRule::relative
           : name == "uniform"  ? SinkRule::uniform
                                : fallback;
}

SinkOptions sinksOf(const Json& json, const RunRecord& run)
{
    SinkOptions options;
    options.rule = ruleOf(word(json, "rule"), ruleOf(parameterText(run, "rule"), options.rule));
    options.tau = numberIn(json, "tau", parameterNumber(run, "tau", options.tau), 0, 1);
    options.alpha = numberIn(json, "alpha", parameterNumber(run, "alpha", options.alpha), 0, 1e6);
    options.protect =
        static_cast<int>(numberIn(json, "protect", parameterNumber(run, "protect", options.protect), 0, 1e6));
    options.minRows =
        static_cast<int>(numberIn(json, "min_rows", parameterNumber(run, "min_rows", options.minRows), 0, 1e6));
    return options;
}

double valueOf(const FigureRun& run, std::int64_t layer, std::int64_t head, FigureScore score,
               const SinkOptions& options)
{
    const Capture& capture = *run.capture;
    if (score == FigureScore::entropy)
        return capture.entropy(layer, head);
    if (score != FigureScore::sinkMass)
        return capture.firstTokenMass(layer, head);
    const auto sinks = findSinks(capture.columnScore(layer, head), capture.columnRows(), options);
    return sinkMass(sinks, capture.tokens()).mass;
}

// Share of the attention mass that goes to other keys: half the summed difference of what each key receives, per query.
double differenceOf(std::span<const float> a, std::span<const float> b, std::span<const std::int32_t> rows)
{
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j)
        sum += std::abs(static_cast<double>(a[j]) - static_cast<double>(b[j])) * rows[j];
    return a.empty() ? 0 : sum / 2 / static_cast<double>(a.size());
}

bool comparable(const FigureRun& a, const FigureRun& b)
{
    return a.capture != b.capture && a.capture->tokens() == b.capture->tokens() &&
           a.capture->heads() == b.capture->heads() && a.capture->layerIds() == b.capture->layerIds();
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
        if (head.is_array() && head.size() == 2 && head[0].is_number_integer() && head[1].is_number_integer())
            state.pinnedHeads.push_back({head[0].get<int>(), head[1].get<int>()});
    const Json& window = part(json, "window");
    state.row = numberIn(window, "row", -1, 0, 1e9);
    state.column = numberIn(window, "column", -1, 0, 1e9);
    state.zoom = numberIn(window, "zoom", 1, 1, 1e9);
    return state;
}

std::vector<ScoredHead> scoredHeads(const FigureRun& run, const FigureRun& first, const FigureState& state,
                                    FigureScore& score)
{
    score = state.score;
    if (score == FigureScore::difference && !comparable(run, first))
        score = FigureScore::firstTokenMass;
    std::vector<ScoredHead> heads;
    for (std::int64_t l = 0; l < run.capture->layers(); ++l) {
        for (std::int64_t h = 0; h < run.capture->heads(); ++h) {
            const double value = score == FigureScore::difference
                                     ? differenceOf(first.capture->columnScore(l, h), run.capture->columnScore(l, h),
                                                    run.capture->columnRows())
                                     : valueOf(run, l, h, score, state.sinks);
            heads.push_back({{run.capture->layerIds()[static_cast<std::size_t>(l)], static_cast<int>(h)}, l, value});
        }
    }
    return heads;
}

ScoredHead chosenHead(const std::vector<FigureRun>& runs, const FigureState& state)
{
    FigureScore score;
    const FigureRun& ranked = state.score == FigureScore::difference ? runs.back() : runs.front();
    const auto heads = scoredHeads(ranked, runs.front(), state, score);
    ScoredHead best;
    for (const ScoredHead& head : heads) {
        if (head.id == state.head)
            return head;
        if (best.id.layer < 0 || head.value > best.value)
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
        return "Sink mass: mean weight that queries after the first give to the columns that the rule flags.";
    case FigureScore::entropy:
        return "Entropy: mean over rows of -sum A ln A.";
    case FigureScore::difference:
        return "Difference: share of the attention mass that goes to other keys than in the first run.";
    case FigureScore::firstTokenMass:
        break;
    }
    return "First-token mass: mean weight that queries after the first give to token 0.";
}

std::string runLabel(const RunRecord& run)
{
    std::string text = parameterText(run, "prompt_file");
    if (text.empty())
        text = parameterText(run, "file");
    if (!text.empty())
        text = std::filesystem::path(text).filename().string();
    if (text.empty()) {
        text = parameterText(run, "prompt");
        std::ranges::replace(text, '\n', ' ');
        if (text.size() > 32)
            text = text.substr(0, text.find_last_of(' ', 32) == text.npos ? 32 : text.find_last_of(' ', 32)) + " ...";
    }
    std::string label = run.number > 0 ? fmt::format("#{}", run.number) : std::string();
    const std::string model = std::filesystem::path(parameterText(run, "model")).filename().string();
    for (const std::string& piece : {text, model})
        if (!piece.empty())
            label += (label.empty() ? "" : label.front() == '#' && label.find(' ') == label.npos ? " " : " · ") + piece;
    return label;
}

std::string headLabel(FigureHead head)
{
    return fmt::format("layer {}, head {}", head.layer, head.head);
}

figure::Recipe recipeOf(const std::vector<FigureRun>& runs, const std::string& name, const Json& state)
{
    figure::Recipe recipe;
    for (const FigureRun& run : runs)
        recipe.runs.push_back(run.run->uid);
    recipe.experiment = runs.front().run->experiment;
    recipe.figure = name;
    recipe.state = dumpJson(state.is_null() ? Json::object() : state);
    return recipe;
}

} // namespace vitrine::attention
