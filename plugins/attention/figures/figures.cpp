#include "plugins/attention/figures/figures.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

#include "core/base/json.h"
#include "core/figure/not_finite.h"
#include "core/jobs/experiment/run_label.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/attention/figures/state.h"
#include "plugins/common/head_figures.h"
#include "plugins/common/map_figures.h"

namespace vitrine::attention_plugin
{

namespace
{

constexpr std::size_t kMostBars = 24;

std::int64_t longest(const std::vector<FigureRun>& runs)
{
    std::int64_t tokens = 0;
    for (const FigureRun& run : runs)
        tokens = std::max(tokens, run.capture->tokens());
    return tokens;
}

bool sameText(const std::vector<FigureRun>& runs)
{
    return std::ranges::all_of(runs, [&](const FigureRun& run) {
        return run.capture->tokenTexts() == runs.front().capture->tokenTexts();
    });
}

figure::Series line(std::string name, std::size_t points, int colour, figure::Line style)
{
    figure::Series series;
    series.name = std::move(name);
    series.colour = colour;
    series.line = style;
    for (std::size_t j = 0; j < points; ++j)
        series.x.push_back(static_cast<double>(j));
    return series;
}

std::string ruleText(const attention::SinkOptions& options)
{
    switch (options.rule) {
    case attention::SinkRule::absolute:
        return fmt::format("s > {}", options.tau);
    case attention::SinkRule::relative:
        return fmt::format("s > {}/N", options.alpha);
    case attention::SinkRule::uniform:
        break;
    }
    return fmt::format("s > {} u", options.alpha);
}

void addScore(figure::Figure& figure, const FigureRun& run, LayerHead head, const std::string& name,
              figure::RunLook look)
{
    const std::int64_t layer = layerIndexOf(*run.capture, head);
    if (layer < 0)
        return;
    const auto score = run.capture->columnScore(layer, head.head);
    const auto lost = std::ranges::count_if(score, [](float s) { return !std::isfinite(s); });
    const char* remark = lost == 0 ? ""
                         : lost == static_cast<std::int64_t>(score.size())
                             ? " (not finite)"
                             : " (in part not finite)";
    figure::Series series = line(name + remark, score.size(), look.colour, look.line);
    series.y.assign(score.begin(), score.end());
    figure.series.push_back(std::move(series));
}

void addLimits(figure::Figure& figure, const attention::Capture& capture,
               const attention::SinkOptions& options)
{
    const auto uniform = attention::uniformScore(capture.tokens(), capture.window());
    figure::Series even =
        line("uniform attention u", uniform.size(), figure::kMuted, figure::Line::dot);
    even.width = 1;
    even.y = uniform;
    figure.series.push_back(thresholdLine("threshold " + ruleText(options), capture, options));
    figure.series.push_back(std::move(even));
}

std::vector<SinkLabel> sinkLabels(const attention::Capture& capture, LayerHead head,
                                  const attention::SinkOptions& options)
{
    std::vector<SinkLabel> labels;
    const std::int64_t layer = layerIndexOf(capture, head);
    if (layer < 0)
        return labels;
    for (const attention::Sink& sink :
         attention::findSinks(capture.columnScore(layer, head.head), capture.columnRows(), options))
        labels.push_back(
            {model::readableToken(capture.tokenTexts()[static_cast<std::size_t>(sink.position)]),
             static_cast<double>(sink.position), sink.score});
    return labels;
}

// " Without a bar: 8 of 16 heads, whose maps are not finite." where there are such, else nothing.
std::string notFiniteRemark(const char* fate, std::int64_t lost, std::int64_t heads)
{
    return lost > 0
               ? fmt::format(" {}: {} of {} heads, whose maps are not finite.", fate, lost, heads)
               : std::string();
}

std::string notFiniteRemark(const char* fate, const std::vector<ScoredHead>& heads)
{
    const auto lost = std::ranges::count_if(
        heads, [](const ScoredHead& head) { return !std::isfinite(head.value); });
    return notFiniteRemark(fate, lost, std::ssize(heads));
}

figure::Figure headFigure(const char* name, std::string title, const std::vector<FigureRun>& runs,
                          const Json& state)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    figure.recipe = recipeOf(runs, name, state);
    return figure;
}

} // namespace

figure::Figure sinkProfile(const std::vector<FigureRun>& runs, const Json& json)
{
    const State state = readState(json, *runs.front().run);
    const LayerHead head = chosenHead(runs, state).id;
    figure::Figure figure = headFigure(
        "sink-profile", "Mean weight each token receives · " + headLabel(head), runs, json);
    figure.x.label = "Token";
    figure.x.minimum = 0;
    figure.x.maximum = static_cast<double>(std::max<std::int64_t>(longest(runs) - 1, 1));
    if (sameText(runs))
        figure.x.ticks = tokenTicks(*runs.front().capture);
    figure.y.label = "s[j]";
    figure.y.scale = state.look.scale;
    figure.y.minimum = state.look.scale == figure::Scale::logarithmic ? 1e-4 : 0;

    // Pinned heads take the colours that the runs leave.
    std::vector<std::string> lines;
    for (const FigureRun& run : runs)
        lines.push_back(run.run->uid);
    lines.resize(runs.size() + state.pinnedHeads.size());
    const std::vector<int> places = figure::runPlaces(lines, state.places);
    for (std::size_t r = 0; r < runs.size(); ++r)
        addScore(figure, runs[r], head, runs.size() > 1 ? runLabel(*runs[r].run) : headLabel(head),
                 figure::lookAt(places[r]));
    std::size_t place = runs.size();
    for (const LayerHead& pinned : state.pinnedHeads)
        if (pinned != head)
            addScore(figure, runs.front(), pinned, headLabel(pinned),
                     {figure::lookAt(places[place++]).colour, figure::Line::solid});
    addLimits(figure, *runs.front().capture, state.sinks);
    const attention::Capture& first = *runs.front().capture;
    labelSinks(figure, sinkLabels(first, head, state.sinks), first.tokens());
    for (const std::int64_t token : state.pinnedTokens)
        if (token >= 0 && token < longest(runs)) {
            figure::Span span;
            span.vertical = true;
            span.from = span.to = static_cast<double>(token);
            figure.spans.push_back(span);
        }
    figure.caption = fmt::format(
        "s[j]: mean weight that key j receives from the queries that see it, {}. Labelled: columns "
        "that the rule {} flags, the first {} and columns of fewer than {} queries left out.",
        headLabel(head), ruleText(state.sinks),
        state.sinks.protect == 1 ? "token" : fmt::format("{} tokens", state.sinks.protect),
        state.sinks.minRows);
    figure.altText = fmt::format(
        "Line plot of the mean attention weight over {} tokens with a threshold line; {} sinks "
        "labelled.",
        longest(runs), figure.annotations.size());
    return figure;
}

figure::Figure headOverview(const std::vector<FigureRun>& runs, const Json& json)
{
    const State state = readState(json, *runs.front().run);
    const FigureRun& run = scoredRun(runs, state);
    Score score;
    const auto heads = scoredHeads(run, runs.front(), state, score);
    const attention::Capture& capture = *run.capture;
    figure::Figure figure =
        headFigure("head-overview", scoreLabel(score) + " of every head", runs, json);
    figure.x.label = "Head";
    figure.y.label = "Layer";
    figure.y.reversed = true;
    for (std::int64_t h = 0; h < capture.heads(); ++h)
        figure.x.ticks.push_back({static_cast<double>(h), std::to_string(h)});
    for (std::int64_t l = 0; l < capture.layers(); ++l)
        figure.y.ticks.push_back({static_cast<double>(l),
                                  std::to_string(capture.layerIds()[static_cast<std::size_t>(l)])});
    figure::Grid grid;
    grid.name = scoreLabel(score);
    grid.unit = scoreUnit(score);
    grid.rows = capture.layers();
    grid.columns = capture.heads();
    grid.map = state.look.colours;
    grid.minimum = 0;
    grid.maximum = 1e-9;
    for (const ScoredHead& head : heads) {
        const bool finite = std::isfinite(head.value);
        grid.values.push_back(finite ? static_cast<float>(head.value) : figure::kNotFinite);
        if (finite)
            grid.maximum = std::max(grid.maximum, head.value);
    }
    figure.grids.push_back(std::move(grid));
    figure.equalAspect = true;
    figure.caption =
        scoreCaption(score) + " " + runLabel(*run.run) + notFiniteRemark("Hatched", heads);
    figure.altText = fmt::format("Grid of {} layers by {} heads, coloured by {}.", capture.layers(),
                                 capture.heads(), scoreLabel(score));
    return figure;
}

figure::Figure headBars(const std::vector<FigureRun>& runs, const Json& json)
{
    const State state = readState(json, *runs.front().run);
    const FigureRun& ranked = scoredRun(runs, state);
    Score score;
    auto order = scoredHeads(ranked, runs.front(), state, score);
    std::ranges::stable_sort(order, [](const ScoredHead& a, const ScoredHead& b) {
        return a.value > b.value || (!std::isnan(a.value) && std::isnan(b.value));
    });
    const std::string remark = notFiniteRemark("Without a bar", order);
    order.resize(std::min(order.size(), kMostBars));
    const std::vector<FigureRun> shown = score == Score::difference ? std::vector{ranked} : runs;

    figure::Figure figure = headFigure("heads", "Heads by " + scoreLabel(score), runs, json);
    figure.x.label = "Layer.head";
    figure.y.label = scoreLabel(score);
    figure.y.unit = scoreUnit(score);
    figure.y.minimum = 0;
    for (std::size_t i = 0; i < order.size(); ++i)
        figure.x.ticks.push_back(
            {static_cast<double>(i), fmt::format("{}.{}", order[i].id.layer, order[i].id.head)});
    const double width = 0.8 / static_cast<double>(shown.size());
    auto looks = looksOf(runs, state);
    if (score == Score::difference)
        looks = {looks[static_cast<std::size_t>(&ranked - runs.data())]};
    for (std::size_t r = 0; r < shown.size(); ++r) {
        figure::Bars bars;
        bars.name = runLabel(*shown[r].run);
        bars.colour = looks[r].colour;
        bars.width = width;
        State same = state;
        same.score = score;
        Score ignored;
        const auto heads = scoredHeads(shown[r], runs.front(), same, ignored);
        for (std::size_t i = 0; i < order.size(); ++i) {
            const auto found = std::ranges::find(heads, order[i].id, &ScoredHead::id);
            if (found == heads.end())
                continue;
            bars.position.push_back(static_cast<double>(i) - 0.4 +
                                    width * (static_cast<double>(r) + 0.5));
            bars.height.push_back(found->value);
        }
        figure.bars.push_back(std::move(bars));
    }
    figure.legend = shown.size() > 1;
    figure.caption = scoreCaption(score) + remark;
    figure.altText =
        fmt::format("Bars of {} for the {} highest heads.", scoreLabel(score), order.size());
    return figure;
}

figure::Figure entropyMass(const std::vector<FigureRun>& runs, const Json& json)
{
    const State state = readState(json, *runs.front().run);
    const ScoredHead chosen = chosenHead(runs, state);
    const auto looks = looksOf(runs, state);
    figure::Figure figure =
        headFigure("entropy-mass", "First-token mass and entropy of every head", runs, json);
    figure.x.label = "First-token mass";
    figure.x.minimum = 0;
    figure.y.label = "Entropy";
    figure.y.unit = "nat";
    figure.y.minimum = 0;
    std::int64_t lost = 0, all = 0;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const attention::Capture& capture = *runs[r].capture;
        figure::Series series =
            line(runLabel(*runs[r].run), 0, looks[r].colour, figure::Line::none);
        series.marker = figure::Marker::circle;
        all += capture.layers() * capture.heads();
        for (std::int64_t l = 0; l < capture.layers(); ++l)
            for (std::int64_t h = 0; h < capture.heads(); ++h) {
                series.x.push_back(capture.firstTokenMass(l, h));
                series.y.push_back(capture.entropy(l, h));
                lost += std::isfinite(series.x.back()) && std::isfinite(series.y.back()) ? 0 : 1;
            }
        figure.series.push_back(std::move(series));
    }
    const attention::Capture& first = *runs.front().capture;
    if (const std::int64_t layer = layerIndexOf(first, chosen.id);
        layer >= 0 && std::isfinite(first.entropy(layer, chosen.id.head)))
        figure.annotations.push_back({fmt::format("{}.{}", chosen.id.layer, chosen.id.head),
                                      first.firstTokenMass(layer, chosen.id.head),
                                      first.entropy(layer, chosen.id.head), figure::kTextColour});
    figure.caption = fmt::format(
        "One point per head. Uniform attention over {} tokens: mass {:.4f}, entropy {:.3f} nat.",
        first.tokens(), attention::uniformFirstTokenMass(first.tokens(), first.window()),
        attention::uniformEntropy(first.tokens(), first.window()));
    figure.caption += notFiniteRemark("Without a point", lost, all);
    figure.altText = fmt::format("Scatter plot of {} heads: first-token mass against entropy.",
                                 first.layers() * first.heads());
    return figure;
}

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs, const Json& state)
{
    std::deque<attention::Capture> captures; // addresses stay
    std::vector<FigureRun> shown;
    for (const RunRecord& run : runs) {
        for (const Artifact& artifact : run.result.artifacts) {
            if (artifact.kind != "capture")
                continue;
            auto capture = attention::Capture::open(artifact.path);
            if (capture && capture->tokens() > 0 && capture->layers() > 0 && capture->heads() > 0) {
                captures.push_back(*std::move(capture));
                shown.push_back({&run, &captures.back()});
            }
            break;
        }
    }
    std::vector<figure::Figure> list;
    if (shown.empty())
        return list;
    list.push_back(sinkProfile(shown, state));
    // Maps of several runs show one head, also where nobody has chosen it.
    Json oneHead = state.is_object() ? state : Json::object();
    const LayerHead head = chosenHead(shown, readState(state, *shown.front().run)).id;
    oneHead["selection"] = {{"layer", head.layer}, {"head", head.head}};
    for (std::size_t i = 0; i < shown.size(); ++i) {
        list.push_back(attentionMap(shown[i], oneHead));
        if (i > 0)
            list.back().name += fmt::format("-{}", i + 1);
    }
    if (shown.size() > 1)
        if (auto difference = attentionDifference(shown[0], shown[1], state))
            list.push_back(*std::move(difference));
    list.push_back(headOverview(shown, state));
    list.push_back(headBars(shown, state));
    list.push_back(entropyMass(shown, state));
    return list;
}

} // namespace vitrine::attention_plugin
