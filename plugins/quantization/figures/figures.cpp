#include "plugins/quantization/figures/figures.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/attention.h"
#include "plugins/quantization/figures/cost.h"
#include "plugins/quantization/figures/drawing.h"
#include "plugins/quantization/figures/layer.h"
#include "plugins/quantization/figures/tokens.h"

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
            bars.height.push_back(terms[i]);
            below[exponents[i]] += terms[i];
        }
        if (!bars.position.empty())
            figure.bars.push_back(std::move(bars));
    }
    return figure;
}

} // namespace

std::shared_ptr<const Probe> probeOf(const RunRecord& run)
{
    const Artifact* artifact = run.result.artifact(kProbeName);
    auto probe = artifact ? readProbe(artifact->path) : Result<Probe>(failure("no probe"));
    return probe ? std::make_shared<const Probe>(*std::move(probe)) : nullptr;
}

std::vector<figure::Figure> figures(const Runs& runs, const State& state)
{
    const Drawing drawing(runs, state);
    if (drawing.isEmpty())
        return {};
    return figures(runs, state, probeOf(drawing.selected()));
}

std::vector<figure::Figure> figures(const Runs& runs, const State& state,
                                    const std::shared_ptr<const Probe>& probe)
{
    const Drawing drawing(runs, state);
    if (drawing.isEmpty())
        return {};
    std::vector<figure::Figure> all = {perplexityFigure(drawing),  klWindowsFigure(drawing),
                                       layerErrorsFigure(drawing), bitMapFigure(drawing),
                                       energyFigure(drawing),      exponentsFigure(drawing),
                                       roundsFigure(drawing),      klTokensFigure(drawing),
                                       sinksFigure(drawing),       sinkHeadsFigure(drawing)};
    if (probe)
        for (const auto& more : {attentionFigures(drawing, *probe), layerFigures(drawing, *probe)})
            all.insert(all.end(), more.begin(), more.end());
    std::erase_if(all, [](const figure::Figure& each) {
        return each.series.empty() && each.bars.empty() && each.grids.empty();
    });
    return all;
}

} // namespace vitrine::quantization_plugin
