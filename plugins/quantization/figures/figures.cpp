#include "plugins/quantization/figures/figures.h"

#include "core/base/cut_text.h"
#include "core/jobs/experiment/read_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <ranges>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostProjections = 64; // columns of a bit map
constexpr int kSelected = figure::kTextColour;

class Drawing
{
public:
    Drawing(const Runs& runs, const State& state) : state_(state)
    {
        std::ranges::copy_if(runs, std::back_inserter(runs_),
                             [](const RunRecord* run) { return isVersion(*run); });
        looks_ =
            figure::runLooks(runs_, state.places, [](const RunRecord* run) { return run->uid; });
    }

    bool isEmpty() const { return runs_.empty(); }
    const Runs& runs() const { return runs_; }
    const figure::RunLook& look(std::size_t run) const { return looks_[run]; }
    const RunRecord& selected() const { return *runs_[selectedRun(state_, runs_)]; }
    const std::string& layer() const { return state_.layer; }

    figure::Figure start(const char* name, std::string title) const
    {
        figure::Figure figure;
        figure.name = name;
        figure.title = std::move(title);
        for (const RunRecord* run : runs_)
            figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = "quantization.llm";
        figure.recipe.figure = name;
        figure.recipe.state = text(state_);
        return figure;
    }

    // Of one run only: which one is said where there are several.
    figure::Figure startOne(const char* name, std::string title, const RunRecord& run) const
    {
        if (runs_.size() > 1)
            title += ", " + versionTick(run);
        figure::Figure figure = start(name, std::move(title));
        figure.recipe.runs = {run.uid};
        return figure;
    }

    // A line of the run at this place, without points.
    figure::Series line(std::size_t run) const
    {
        figure::Series series;
        series.name = versionName(*runs_[run]);
        series.colour = looks_[run].colour;
        series.line = looks_[run].line;
        return series;
    }

private:
    Runs runs_;
    std::vector<figure::RunLook> looks_;
    const State& state_;
};

figure::Span lineAt(bool isVertical, double place, int colour)
{
    figure::Span span;
    span.vertical = isVertical;
    span.from = span.to = place;
    span.colour = colour;
    return span;
}

figure::Span bandAround(bool isVertical, double place)
{
    figure::Span band = lineAt(isVertical, place - 0.5, kSelected);
    band.to = place + 0.5;
    return band;
}

figure::Figure perplexityFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("perplexity", "Perplexity and bits");
    figure.caption = "Perplexity on the text that judges over bits per weight of the linear "
                     "layers, scales among them. Bars: 95 % of the ratio to the original, whose "
                     "windows are drawn anew in pairs; dashed: the original.";
    figure.altText = "Perplexity of quantized versions over their bits per weight.";
    figure.x.label = "Bits per weight";
    figure.y.label = "Perplexity";
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        const auto metric = [&](const char* name) { return vitrine::metricOf(run.result, name); };
        const double x = metric("bits_per_weight");
        figure::Series point, bar;
        point.name = versionName(run);
        point.colour = bar.colour = drawing.look(r).colour;
        point.line = figure::Line::none;
        point.marker = figure::Marker::circle;
        point.x = {x};
        point.y = {metric("perplexity_quantized")};
        bar.x = {x, x};
        const double original = metric("perplexity_original"); // in pairs: it does not vary
        bar.y = {original * metric("perplexity_ratio_low"),
                 original * metric("perplexity_ratio_high")};
        least = std::min(least, original);
        most = std::max({most, point.y.front(), bar.y.back()});
        figure.series.push_back(std::move(point));
        figure.series.push_back(std::move(bar));
        const auto isSame = [&](std::size_t other) {
            return haveSameOriginal(*drawing.runs()[other], run);
        };
        if (std::ranges::any_of(std::views::iota(std::size_t{0}, r), isSame))
            continue;
        figure.spans.push_back(lineAt(false, original, figure::kMuted));
        figure.spans.back().name = r == 0 ? "original" : "original of " + versionTick(run);
    }
    // Versions of nearly equal bits stay side by side.
    const auto bits = figure::xRange(figure);
    figure.x.minimum = std::max(0.0, bits.low - 0.5), figure.x.maximum = bits.high + 0.5;
    if (most > 5 * least)
        figure.y.scale = figure::Scale::logarithmic;
    return figure;
}

figure::Figure klWindowsFigure(const Drawing& drawing)
{
    constexpr std::size_t kMostMarked = 80;
    figure::Figure figure = drawing.start("kl-windows", "Divergence on each window");
    figure.caption = "KL(original || version) of the next token, mean over each window of the text "
                     "that judges; dashed: over the whole text.";
    figure.altText = "KL divergence over the windows of the text, a line for each version.";
    figure.x.label = "Window";
    figure.y.label = "KL";
    figure.y.unit = "nat";
    figure.y.minimum = 0;
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunResult& result = drawing.runs()[r]->result;
        figure::Series series = drawing.line(r);
        const auto windows = columnNumbers(result, "windows", "window"),
                   divergences = columnNumbers(result, "windows", "kl");
        for (std::size_t i = 0; i < windows.size(); ++i)
            if (std::isfinite(windows[i]) && std::isfinite(divergences[i])) {
                series.x.push_back(windows[i]);
                series.y.push_back(divergences[i]);
            }
        if (series.x.empty())
            continue;
        if (series.x.size() <= kMostMarked)
            series.marker = figure::Marker::circle;
        const double mean = vitrine::metricOf(result, "kl_mean");
        if (std::isfinite(mean))
            figure.spans.push_back(lineAt(false, mean, series.colour));
        figure.series.push_back(std::move(series));
    }
    return figure;
}

figure::Figure layerErrorsFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("layer-errors", "Output error of each layer");
    figure.caption = "Share of the outputs' energy that a linear layer loses on the calibration "
                     "text, in the order of the layers.";
    figure.altText = "Relative output error over the linear layers, a line for each version.";
    figure.x.label = "Linear layer";
    figure.y.label = "Relative output error";
    figure.y.scale = figure::Scale::logarithmic;
    std::map<std::string, double> places; // runs of other models have other layers
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        figure::Series series = drawing.line(r);
        series.marker = figure::Marker::circle;
        series.y = columnNumbers(run.result, "layers", "output_error");
        series.labels = columnTexts(run.result, "layers", "layer");
        const auto blocks = columnNumbers(run.result, "layers", "block");
        for (std::size_t i = 0; i < series.y.size(); ++i) {
            const auto [place, isNew] =
                places.emplace(series.labels[i], static_cast<double>(places.size()));
            series.x.push_back(place->second);
            if (isNew)
                figure.x.ticks.push_back(
                    {place->second, fmt::format("{:g} {}", blocks[i], projectionOf(place->first))});
            if (!(series.y[i] > 0)) // no place on a logarithmic axis
                series.y[i] = std::nan("");
        }
        figure.series.push_back(std::move(series));
    }
    if (const auto selected = places.find(drawing.layer()); selected != places.end())
        figure.spans.push_back(lineAt(true, selected->second, kSelected));
    return figure;
}

figure::Figure bitMapFigure(const Drawing& drawing)
{
    const RunRecord& run = drawing.selected();
    figure::Figure figure = drawing.startOne("bit-map", "Bits of each layer", run);
    figure.caption = "Bits of each weight by block and projection, without scales.";
    figure.altText = "A grid of blocks and projections coloured by bits.";
    figure.x.label = "Projection";
    figure.y.label = "Block";
    figure.y.reversed = true;
    figure.legend = false;
    const auto names = columnTexts(run.result, "layers", "layer");
    const auto blocks = columnNumbers(run.result, "layers", "block"),
               bits = columnNumbers(run.result, "layers", "bits");
    std::vector<std::string> columns;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string column = projectionOf(names[i]);
        if (std::ranges::find(columns, column) == columns.end())
            columns.push_back(column);
        if (columns.size() > kMostProjections) // of no model that was quantized here
            return figure;
        if (const auto block = wholeWithin(blocks[i], 0, 1023))
            rows = std::max(rows, *block + 1);
    }
    figure::Grid grid;
    grid.name = "Bits";
    grid.rows = rows;
    grid.columns = static_cast<std::int64_t>(columns.size());
    grid.values.assign(static_cast<std::size_t>(grid.rows * grid.columns),
                       std::numeric_limits<float>::quiet_NaN());
    grid.minimum = 1, grid.maximum = 4;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto block = wholeWithin(blocks[i], 0, 1023);
        if (!block)
            continue;
        const auto column = std::ranges::find(columns, projectionOf(names[i])) - columns.begin();
        grid.values[static_cast<std::size_t>(*block * grid.columns + column)] =
            static_cast<float>(bits[i]);
        if (names[i] == drawing.layer()) {
            figure.spans.push_back(bandAround(true, static_cast<double>(column)));
            figure.spans.push_back(bandAround(false, static_cast<double>(*block)));
        }
        if (std::isfinite(bits[i])) {
            grid.maximum = std::max(grid.maximum, bits[i]);
            figure.annotations.push_back({fmt::format("{:g}", bits[i]), static_cast<double>(column),
                                          static_cast<double>(*block)});
        }
    }
    for (std::size_t c = 0; c < columns.size(); ++c)
        figure.x.ticks.push_back({static_cast<double>(c), columns[c]});
    figure.grids.push_back(std::move(grid));
    return figure;
}

figure::Figure roundsFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("rounds", "Alternating fits");
    figure.caption = "Mean squared error of the weights after each round, mean over the layers; "
                     "round 0 is the greedy start.";
    figure.altText = "Error of the weights over the rounds of the alternating fit.";
    figure.x.label = "Round";
    figure.y.label = "Mean squared error";
    for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
        const RunRecord& run = *drawing.runs()[r];
        const auto rounds = columnNumbers(run.result, "rounds", "round"),
                   errors = columnNumbers(run.result, "rounds", "weight_error");
        std::map<double, std::pair<double, double>> sums;
        for (std::size_t i = 0; i < rounds.size(); ++i)
            if (std::isfinite(rounds[i]) && std::isfinite(errors[i])) {
                sums[rounds[i]].first += errors[i];
                sums[rounds[i]].second += 1;
            }
        if (sums.empty())
            continue;
        figure::Series series = drawing.line(r);
        for (const auto& [round, sum] : sums) {
            series.x.push_back(round);
            series.y.push_back(sum.first / sum.second);
        }
        figure.series.push_back(std::move(series));
    }
    return figure;
}

figure::Figure exponentsFigure(const Drawing& drawing)
{
    const auto hasTerms = [](const RunRecord* run) {
        return !columnNumbers(run->result, "exponents", "terms").empty();
    };
    const auto found = std::ranges::find_if(drawing.runs(), hasTerms);
    if (found == drawing.runs().end())
        return {};
    const RunRecord& run = hasTerms(&drawing.selected()) ? drawing.selected() : **found;
    figure::Figure figure = drawing.startOne("exponents", "Powers of two in the scales", run);
    figure.caption =
        fmt::format("How often 2^e is a term of a scale, by plane: {}.", versionName(run));
    figure.altText = "Histogram of the exponents of scale terms.";
    figure.x.label = "Exponent e";
    figure.y.label = "Terms";
    figure.y.minimum = 0;
    const auto planes = columnNumbers(run.result, "exponents", "plane"),
               exponents = columnNumbers(run.result, "exponents", "exponent"),
               terms = columnNumbers(run.result, "exponents", "terms");
    std::map<double, double> below; // stacks
    for (int plane = 0; plane < 8; ++plane) {
        figure::Bars bars;
        bars.name = fmt::format("plane {}", plane);
        bars.colour = plane % figure::kRunColours;
        for (std::size_t i = 0; i < planes.size(); ++i) {
            if (planes[i] != plane || !std::isfinite(exponents[i]) || !std::isfinite(terms[i]))
                continue;
            bars.position.push_back(exponents[i]);
            bars.base.push_back(below[exponents[i]]);
            below[exponents[i]] += terms[i];
            bars.height.push_back(below[exponents[i]]);
        }
        if (!bars.position.empty())
            figure.bars.push_back(std::move(bars));
    }
    return figure;
}

figure::Figure energyFigure(const Drawing& drawing)
{
    figure::Figure figure = drawing.start("energy", "Energy for one token");
    figure.caption = "Estimate of the linear layers' energy for one token from counted operations "
                     "and the weights that are read (45 nm); FP16 is the original in half "
                     "precision.";
    figure.altText = "Stacked bars of energy by operation, the original and each version.";
    figure.x.label = "Version";
    figure.y.label = "Energy";
    figure.y.unit = "µJ";
    figure.y.minimum = 0;
    const auto operations = columnTexts(drawing.runs().front()->result, "operations", "operation");
    std::vector<double> below(drawing.runs().size() + 1, 0);
    for (std::size_t o = 0; o < operations.size(); ++o) {
        figure::Bars bars;
        bars.name = cutText(operations[o], 40);
        bars.colour = static_cast<int>(o) % figure::kRunColours;
        bars.width = 0.6;
        const auto add = [&](std::size_t at, double picojoule) {
            if (!std::isfinite(picojoule))
                return;
            bars.position.push_back(static_cast<double>(at));
            bars.base.push_back(below[at]);
            below[at] += picojoule / 1e6;
            bars.height.push_back(below[at]);
        };
        for (std::size_t r = 0; r < drawing.runs().size(); ++r) {
            const RunResult& result = drawing.runs()[r]->result;
            const auto names = columnTexts(result, "operations", "operation");
            const auto found = std::ranges::find(names, operations[o]) - names.begin();
            const auto at = static_cast<std::size_t>(found);
            if (at == names.size())
                continue;
            if (r == 0)
                add(0, columnNumbers(result, "operations", "original_energy")[at]);
            add(r + 1, columnNumbers(result, "operations", "quantized_energy")[at]);
        }
        figure.bars.push_back(std::move(bars));
    }
    figure.x.ticks.push_back({0, "FP16"});
    for (std::size_t r = 0; r < drawing.runs().size(); ++r)
        figure.x.ticks.push_back({static_cast<double>(r + 1), versionTick(*drawing.runs()[r])});
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(drawing.runs().size()) + 0.6;
    return figure;
}

} // namespace

std::vector<figure::Figure> figures(const Runs& runs, const State& state)
{
    const Drawing drawing(runs, state);
    if (drawing.isEmpty())
        return {};
    std::vector<figure::Figure> all = {perplexityFigure(drawing),  klWindowsFigure(drawing),
                                       layerErrorsFigure(drawing), bitMapFigure(drawing),
                                       energyFigure(drawing),      exponentsFigure(drawing),
                                       roundsFigure(drawing)};
    std::erase_if(all, [](const figure::Figure& each) {
        return each.series.empty() && each.bars.empty() && each.grids.empty();
    });
    return all;
}

} // namespace vitrine::quantization_plugin
