#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"

#include "core/base/cut_text.h"
#include "core/base/format.h"
#include "core/base/number_text.h"

#include <algorithm>
#include <cmath>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr std::size_t kLongestValue = 80; // bytes, in a label

std::string cellText(const Cell& cell)
{
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return wholeText(*whole);
    if (const auto* real = std::get_if<double>(&cell))
        return significant(*real);
    return textOf(cell);
}

// "rows 16, depth 64": the columns of a sweep's table before its results.
std::vector<std::string> designsOf(const RunRecord& run, const char* table)
{
    const Table* found = run.result.table(table);
    std::vector<std::string> designs;
    if (!found)
        return designs;
    const auto axes = static_cast<std::size_t>(std::max(0, found->column("cycles")));
    for (const auto& row : found->rows) {
        std::string text;
        for (std::size_t axis = 0; axis < std::min(axes, row.size()); ++axis)
            text += (axis > 0 ? ", " : "") + found->columns[axis].name + ' ' +
                    cutText(cellText(row[axis]), kLongestValue);
        designs.push_back(std::move(text));
    }
    return designs;
}

} // namespace

figure::Figure paretoFigure(const std::vector<const RunRecord*>& runs,
                            const std::vector<std::uint8_t>& kept, const figure::RunPlaces& places)
{
    figure::Figure figure =
        emptyFigure("pareto", "Latency and energy of the design points", runs, places);
    const auto looks = looksOf(runs, places);
    figure.caption = "The line joins the points that no other beats in both.";
    figure.altText = "Scatter of energy over latency with the Pareto front.";
    figure.x.label = "Latency";
    figure.x.unit = "ms";
    figure.y.label = "Energy";
    figure.y.unit = "mJ";
    figure.x.scale = figure.y.scale = figure::Scale::logarithmic;
    const std::vector<std::string> names = shortNames(runs);
    std::size_t offset = 0; // of a run's points among all
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto x = numbers(*runs[i], "points", "latency_ms"),
                   y = numbers(*runs[i], "points", "energy_mj");
        if (x.empty())
            continue;
        const auto designs = designsOf(*runs[i], "points");
        figure::Series others, all, front;
        if (i == 0)
            others.name = "not kept by the brushes";
        others.colour = figure::kMuted;
        all.name = names[i];
        all.colour = front.colour = looks[i].colour;
        front.line = looks[i].line;
        for (figure::Series* points : {&others, &all}) {
            points->line = figure::Line::none;
            points->marker = figure::Marker::circle;
        }
        for (std::size_t row = 0; row < x.size(); ++row) {
            const std::size_t at = offset + row;
            const bool in = kept.empty() || (at < kept.size() && kept[at]);
            figure::Series& points = in ? all : others;
            points.x.push_back(x[row]);
            points.y.push_back(y[row]);
            points.labels.push_back(designs[row]);
        }
        offset += x.size();
        front.name = "front of " + names[i];
        front.x = numbers(*runs[i], "front", "latency_ms");
        front.y = numbers(*runs[i], "front", "energy_mj");
        front.labels = designsOf(*runs[i], "front");
        front.marker = figure::Marker::square;
        if (runs.size() == 1)
            front.colour = all.colour == 1 ? 0 : 1;
        if (!others.x.empty())
            figure.series.push_back(std::move(others));
        figure.series.push_back(std::move(all));
        figure.series.push_back(std::move(front));
    }
    return figure;
}

figure::Figure mappingFigure(const std::vector<const RunRecord*>& runs,
                             const figure::RunPlaces& places)
{
    figure::Figure figure = emptyFigure("mapping", "Energy and delay of every layer", runs, places);
    const auto looks = looksOf(runs, places);
    figure.caption = "Energy times delay of the mapping that was found over that of the default; "
                     "below 1 it is better.";
    figure.altText = "Bars per layer of the found mapping's energy-delay product over the default.";
    figure.x.label = "Layer";
    figure.y.label = "EDP, found over default";
    figure.y.minimum = 0;
    const std::vector<std::string> names = shortNames(runs);
    const double width = 0.8 / static_cast<double>(std::max<std::size_t>(runs.size(), 1));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto layers = texts(*runs[i], "mapping", "layer");
        const auto cycles = numbers(*runs[i], "mapping", "cycles"),
                   energy = numbers(*runs[i], "mapping", "energy"),
                   cyclesBefore = numbers(*runs[i], "mapping", "default_cycles"),
                   energyBefore = numbers(*runs[i], "mapping", "default_energy");
        figure::Bars bars;
        bars.name = names[i];
        bars.colour = looks[i].colour;
        bars.width = width;
        for (std::size_t layer = 0; layer < std::min(layers.size(), cyclesBefore.size()); ++layer) {
            const double before = cyclesBefore[layer] * energyBefore[layer];
            if (!(before > 0))
                continue;
            bars.position.push_back(static_cast<double>(layer) +
                                    (static_cast<double>(i) + 0.5) * width - 0.4);
            bars.height.push_back(cycles[layer] * energy[layer] / before);
            bars.labels.push_back(layers[layer]);
        }
        if (!bars.height.empty())
            figure.bars.push_back(std::move(bars));
    }
    figure.spans.push_back({.name = {}, .from = 1, .to = 1});
    return figure;
}

figure::Figure mappingGainFigure(const std::vector<const RunRecord*>& runs,
                                 const figure::RunPlaces& places)
{
    figure::Figure figure =
        emptyFigure("mapping-gain", "Energy and latency, default and found", runs, places);
    const auto looks = looksOf(runs, places);
    figure.caption = "From the default schedule to the one that was found: nearer to the corner at "
                     "the lower left is better.";
    figure.altText = "Two points per run over latency and energy, joined by a line.";
    figure.x.label = "Latency";
    figure.x.unit = "ms";
    figure.x.minimum = 0;
    figure.y.label = "Energy";
    figure.y.unit = "mJ";
    figure.y.minimum = 0;
    const std::vector<std::string> names = shortNames(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunResult& result = runs[i]->result;
        figure::Series line;
        line.name = names[i];
        line.colour = looks[i].colour;
        line.line = figure::Line::dash;
        line.marker = figure::Marker::circle;
        line.x = {metricOf(result, "default_latency_ms"), metricOf(result, "latency_ms")};
        line.y = {metricOf(result, "default_energy_mj"), metricOf(result, "energy_mj")};
        line.labels = {"default", "found"};
        const auto isKnown = [](double value) { return std::isfinite(value); };
        if (std::ranges::all_of(line.x, isKnown) && std::ranges::all_of(line.y, isKnown))
            figure.series.push_back(std::move(line));
    }
    for (figure::Series& line : figure.series) {
        const bool isSame = line.x[0] == line.x[1] && line.y[0] == line.y[1];
        if (isSame)
            line.labels = {"default and found", ""};
        for (std::size_t point = 0; point < (isSame ? 1U : 2U); ++point)
            figure.annotations.push_back({line.labels[point], line.x[point], line.y[point]});
    }
    figure.legend = runs.size() > 1;
    return figure;
}

} // namespace vitrine::accelerators_plugin
