#include "core/base/format.h"
#include "core/base/json.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/calibration/figures/state.h"
#include "plugins/common/head_figures.h"

#include <algorithm>
#include <cmath>

// What one pass with and without calibration shows.
namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::size_t kMostNext = 10;

const RunRecord& recordOf(const TuneRun& run)
{
    return *run.run;
}

std::vector<const RunRecord*> figureRecords(const std::vector<TuneRun>& runs)
{
    std::vector<const RunRecord*> records;
    for (const TuneRun& run : runs)
        records.push_back(run.run);
    return records;
}

std::string sideTitle(Side side)
{
    return side == Side::before  ? "Attention before calibration"
           : side == Side::after ? "Attention after calibration"
                                 : "What calibration changes";
}

std::string captionOf(const TuneRun& run, Side side, LayerHead head)
{
    const Params& params = recordOf(run).params;
    const std::string what =
        side == Side::before
            ? "Weight that each query (row) gives to each key (column) without calibration"
        : side == Side::after ? "The same with calibration"
                              : "With calibration less without";
    return fmt::format("{}, {}, {}; sinks by {}, β = {}.", what, headLabel(head),
                       runLabel(recordOf(run)), ruleText(calibrationOf(params).sinks),
                       shortest(betaOf(params, head)));
}

figure::Series profile(std::string name, std::span<const float> score, int colour,
                       figure::Line line)
{
    figure::Series series;
    series.name = std::move(name);
    series.colour = colour;
    series.line = line;
    for (std::size_t j = 0; j < score.size(); ++j)
        series.x.push_back(static_cast<double>(j));
    series.y.assign(score.begin(), score.end());
    return series;
}

void addProfiles(figure::Figure& figure, const TuneRun& run, LayerHead head, bool named, int colour)
{
    const std::int64_t before = layerIndexOf(*run.before, head);
    const std::int64_t after = layerIndexOf(*run.after, head);
    const std::string name = named ? runLabel(recordOf(run)) + ", " : std::string();
    if (before >= 0)
        figure.series.push_back(profile(name + "before", run.before->columnScore(before, head.head),
                                        named ? colour : figure::kMuted, figure::Line::solid));
    if (after >= 0)
        figure.series.push_back(profile(name + "after", run.after->columnScore(after, head.head),
                                        colour, named ? figure::Line::dash : figure::Line::solid));
}

// The head's sinks by their tokens, heaviest first.
std::vector<SinkLabel> sinkLabels(const TuneRun& run, LayerHead head)
{
    std::vector<SinkLabel> labels;
    for (const TunedSink& sink : tunedSinks(recordOf(run).result))
        if (sink.head == head)
            labels.push_back({model::readableToken(sink.token) + (sink.applied ? "" : " (off)"),
                              static_cast<double>(sink.position), sink.score});
    std::ranges::stable_sort(labels, std::ranges::greater{}, &SinkLabel::score);
    return labels;
}

} // namespace

LayerHead shownHead(const RunRecord& run, const Json& json)
{
    if (const auto head = readState(json).selection.head)
        return *head;
    const std::string keep = parameterText(run.params, "keep");
    if (const auto head = parseHead(keep.substr(0, keep.find(','))))
        return *head;
    const auto heads = tunedHeads(run.result);
    const auto best = std::ranges::max_element(heads, {}, [](const TunedHead& head) {
        return std::pair(std::isfinite(head.massMoved) ? head.massMoved : 0.0,
                         head.calibrated ? head.sinkMass : -1.0);
    });
    return best == heads.end() ? LayerHead{} : best->id;
}

Result<figure::Figure> calibrationMap(const TuneRun& run, Side side, const Json& json)
{
    const State state = readState(json);
    const LayerHead head = shownHead(recordOf(run), json);
    const char* name = side == Side::before  ? "map-before"
                       : side == Side::after ? "map-after"
                                             : "map-difference";
    const std::string title = sideTitle(side) + " · " + headLabel(head);
    MapFigure made;
    if (side == Side::difference) {
        VITRINE_TRY(made, differenceFigure(name, title, *run.before, *run.after, head, state.look));
    } else {
        const attention::Capture& capture = side == Side::before ? *run.before : *run.after;
        const std::int64_t layer = layerIndexOf(capture, head);
        if (layer < 0)
            return argumentError("no map: the run has no {}", headLabel(head));
        made = mapFigure(name, title, capture, layer, head.head, state.look);
    }
    const figure::Figure empty = newFigure(name, title, {run.run}, json);
    made.figure.recipe = empty.recipe;
    made.figure.caption = captionOf(run, side, head) + made.note;
    made.figure.altText = fmt::format("Lower triangular heat map of {} tokens, {}: {}.",
                                      run.before->tokens(), headLabel(head), sideTitle(side));
    return made.figure;
}

figure::Figure sinkProfile(const std::vector<TuneRun>& runs, const Json& json)
{
    const State state = readState(json);
    const TuneRun& first = runs.front();
    const LayerHead head = shownHead(recordOf(first), json);
    const attention::Calibration calibration = calibrationOf(recordOf(first).params);
    figure::Figure figure =
        newFigure("sink-profile", "Mean weight each token receives · " + headLabel(head),
                  figureRecords(runs), json);
    figure.x.label = "Token";
    figure.x.minimum = 0;
    figure.x.maximum = static_cast<double>(std::max<std::int64_t>(first.before->tokens() - 1, 1));
    figure.x.ticks = tokenTicks(*first.before);
    figure.y.label = "s[j]";
    figure.y.scale = state.look.scale;
    figure.y.minimum = state.look.scale == figure::Scale::logarithmic ? 1e-4 : 0;
    const auto looks = looksOf(figureRecords(runs), json);
    for (std::size_t r = 0; r < runs.size(); ++r)
        addProfiles(figure, runs[r], head, runs.size() > 1, looks[r].colour);
    figure.series.push_back(thresholdLine("threshold " + ruleText(calibration.sinks), *first.before,
                                          calibration.sinks));
    labelSinks(figure, sinkLabels(first, head), first.before->tokens());
    figure.caption = fmt::format(
        "s[j]: mean weight that key j receives from the queries that see it, {}, before and after. "
        "The threshold {} is held against the uncalibrated curve; the first {} and columns of "
        "fewer than {} queries are left out.",
        headLabel(head), ruleText(calibration.sinks),
        calibration.sinks.protect == 1 ? std::string("token")
                                       : fmt::format("{} tokens", calibration.sinks.protect),
        calibration.sinks.minRows);
    figure.altText = fmt::format(
        "Line plot of the mean attention weight of {} tokens before and after calibration, with a "
        "threshold line; {} sinks labelled.",
        first.before->tokens(), figure.annotations.size());
    return figure;
}

figure::Figure sinkCensus(const std::vector<const RunRecord*>& runs, const Json& json)
{
    figure::Figure figure = newFigure("sink-census", "Where sinks stand in the text", runs, json);
    figure.x.label = "Position in the text, j/N";
    figure.x.minimum = 0;
    figure.x.maximum = 1;
    figure.y.label = "Sinks in all heads";
    figure.y.minimum = 0;
    const auto looks = looksOf(runs, json);
    const double width = 0.08 / static_cast<double>(runs.size() + 1);
    const auto add = [&](std::size_t group, const RunRecord& run, const char* column,
                         std::string name) {
        figure::Bars bars;
        bars.name = std::move(name);
        bars.colour = group == 0 ? figure::kMuted : looks[group - 1].colour;
        bars.width = width;
        const Table* census = run.result.table("census");
        for (std::size_t i = 0; census && i < census->rows.size(); ++i) {
            const RowReader row(*census, i);
            const double first = row.number("first", std::nan(""));
            const double end = row.number("end", std::nan(""));
            if (row.text("kind") != "position" || std::isnan(first) || std::isnan(end))
                continue;
            bars.position.push_back(
                (first + end) / 2 +
                width * (static_cast<double>(group) - static_cast<double>(runs.size()) / 2));
            bars.height.push_back(row.number(column, 0));
        }
        figure.bars.push_back(std::move(bars));
    };
    add(0, *runs.front(), "before", "before");
    for (std::size_t r = 0; r < runs.size(); ++r)
        add(r + 1, *runs[r], "after", runs.size() == 1 ? "after" : "after, " + runLabel(*runs[r]));
    figure.caption = "Sinks by the tenth of the text they stand in, counted in every head, without "
                     "and with calibration; the protected first tokens are not counted.";
    figure.altText = "Bars of the number of sinks per tenth of the text before and after.";
    return figure;
}

figure::Figure headMatrix(const RunRecord& run, const Json& json)
{
    const State state = readState(json);
    const auto heads = tunedHeads(run.result);
    figure::Figure figure =
        newFigure("head-matrix", scoreLabel(state.score) + " of every head", {&run}, json);
    figure.x.label = "Head";
    figure.y.label = "Layer";
    figure.y.reversed = true;
    figure.equalAspect = true;
    std::vector<int> layers;
    int across = 0;
    std::size_t calibrated = 0;
    for (const TunedHead& head : heads) {
        if (layers.empty() || layers.back() != head.id.layer)
            layers.push_back(head.id.layer);
        across = std::max(across, head.id.head + 1);
        calibrated += head.calibrated ? 1 : 0;
    }
    figure::Grid grid;
    grid.name = scoreLabel(state.score);
    grid.unit = scoreUnit(state.score);
    grid.rows = static_cast<std::int64_t>(layers.size());
    grid.columns = across;
    grid.map = state.look.colours;
    grid.maximum = 1e-9;
    grid.values.assign(layers.size() * static_cast<std::size_t>(across), std::nanf(""));
    for (const TunedHead& head : heads) {
        const auto row =
            static_cast<std::size_t>(std::ranges::find(layers, head.id.layer) - layers.begin());
        const double value = scoreOf(head, state.score);
        grid.values[row * static_cast<std::size_t>(across) +
                    static_cast<std::size_t>(head.id.head)] = static_cast<float>(value);
        if (std::isfinite(value))
            grid.maximum = std::max(grid.maximum, value);
        if (head.calibrated)
            figure.annotations.push_back({"●", static_cast<double>(head.id.head),
                                          static_cast<double>(row), figure::kTextColour});
    }
    for (int head = 0; head < across; ++head)
        figure.x.ticks.push_back({static_cast<double>(head), std::to_string(head)});
    for (std::size_t row = 0; row < layers.size(); ++row)
        figure.y.ticks.push_back({static_cast<double>(row), std::to_string(layers[row])});
    figure.grids.push_back(std::move(grid));
    figure.caption = fmt::format("{} A dot marks the {} calibrated heads. {}",
                                 scoreHelp(state.score), calibrated, runLabel(run));
    figure.altText = fmt::format("Grid of {} layers by {} heads, coloured by {}.", layers.size(),
                                 across, scoreLabel(state.score));
    return figure;
}

figure::Figure nextTokenBars(const std::vector<const RunRecord*>& runs, const Json& json)
{
    const RunRecord& first = *runs.front();
    figure::Figure figure = newFigure("next-tokens", "Likeliest next tokens", runs, json);
    figure.x.label = "Next token";
    figure.y.label = "Probability";
    figure.y.minimum = 0;
    auto next = nextTokens(first.result);
    next.resize(std::min(next.size(), kMostNext));
    for (std::size_t i = 0; i < next.size(); ++i)
        figure.x.ticks.push_back({static_cast<double>(i), model::readableToken(next[i].token)});
    const auto looks = looksOf(runs, json);
    const std::size_t groups = runs.size() + 1;
    const double width = 0.8 / static_cast<double>(groups);
    const auto add = [&](std::string name, std::size_t group, const std::vector<double>& heights) {
        figure::Bars bars;
        bars.name = std::move(name);
        bars.colour = group == 0 ? figure::kMuted : looks[group - 1].colour;
        bars.width = width;
        for (std::size_t i = 0; i < heights.size(); ++i)
            bars.position.push_back(static_cast<double>(i) - 0.4 +
                                    width * (static_cast<double>(group) + 0.5));
        bars.height = heights;
        figure.bars.push_back(std::move(bars));
    };
    std::vector<double> before;
    for (const NextToken& token : next)
        before.push_back(token.before);
    add("before", 0, before);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        std::vector<double> after;
        const auto own = nextTokens(runs[r]->result);
        for (const NextToken& token : next) {
            const auto found = std::ranges::find(own, token.id, &NextToken::id);
            after.push_back(found == own.end() ? std::nan("") : found->after);
        }
        add(runs.size() == 1 ? "after" : "after, " + runLabel(*runs[r]), r + 1, after);
    }
    figure.caption = fmt::format(
        "Probability of the next token after the text without and with calibration. KL of the last "
        "position {} nat, {} positions of {} have another likeliest token.",
        significant(metricOf(first.result, "kl_last"), 4),
        significant(metricOf(first.result, "flips"), 4),
        significant(metricOf(first.result, "tokens"), 6));
    figure.altText =
        fmt::format("Bars of the probability of {} tokens before and after.", next.size());
    return figure;
}

} // namespace vitrine::calibration_plugin
