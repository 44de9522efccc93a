#include "widgets/parallel/parallel_figure.h"

#include "core/base/format.h"
#include "core/figure/ticks.h"
#include "widgets/parallel/density.h"

#include <algorithm>
#include <cmath>

namespace vitrine::parallel
{
namespace
{

constexpr int kColumnsPerGap = 48, kRows = 160;

std::vector<std::vector<float>> heightsOf(const std::vector<const Axis*>& axes, const State& state)
{
    std::vector<std::vector<float>> all;
    for (const Axis* axis : axes) {
        const figure::Range range = rangeOf(*axis);
        auto& heights = all.emplace_back();
        for (const double value : axis->values) {
            const auto height = static_cast<float>(heightOf(*axis, range, value));
            heights.push_back(state.flipped.contains(axis->name) ? 1 - height : height);
        }
    }
    return all;
}

// All lines as one series, a gap after each.
figure::Series linesOf(const std::vector<std::vector<float>>& heights,
                       const std::vector<std::uint8_t>& kept, bool wanted)
{
    figure::Series series;
    series.width = 0.6;
    for (std::size_t row = 0; row < kept.size(); ++row) {
        if (static_cast<bool>(kept[row]) != wanted)
            continue;
        for (std::size_t axis = 0; axis < heights.size(); ++axis) {
            series.x.push_back(static_cast<double>(axis));
            series.y.push_back(static_cast<double>(heights[axis][row]));
        }
        series.x.push_back(static_cast<double>(heights.size()) - 1);
        series.y.push_back(std::nan(""));
    }
    return series;
}

figure::Grid gridOf(const std::vector<std::vector<float>>& heights,
                    const std::vector<std::uint8_t>& kept)
{
    const auto gaps = static_cast<int>(heights.size()) - 1;
    figure::Grid grid;
    grid.name = "lines per cell";
    grid.rows = kRows;
    grid.columns = gaps * kColumnsPerGap;
    grid.values.assign(static_cast<std::size_t>(grid.rows * grid.columns), std::nanf(""));
    grid.dx = 1.0 / kColumnsPerGap;
    grid.x0 = grid.dx / 2;
    grid.y0 = 1 - 0.5 / kRows;
    grid.dy = -1.0 / kRows;
    grid.scale = figure::Scale::logarithmic;
    for (int gap = 0; gap < gaps; ++gap) {
        const auto left = static_cast<std::size_t>(gap);
        const auto density =
            lineDensity(binLines(heights[left], heights[left + 1], kept), kColumnsPerGap, kRows);
        for (int row = 0; row < kRows; ++row)
            for (int x = 0; x < kColumnsPerGap; ++x)
                if (const float lines = density[static_cast<std::size_t>(row * kColumnsPerGap + x)];
                    lines > 0) {
                    grid.values[static_cast<std::size_t>(row * grid.columns + gap * kColumnsPerGap +
                                                         x)] = lines;
                    grid.maximum = std::max(grid.maximum, static_cast<double>(lines));
                }
    }
    return grid;
}

void addAxes(figure::Figure& figure, const std::vector<const Axis*>& axes, const State& state)
{
    for (std::size_t i = 0; i < axes.size(); ++i) {
        const Axis& axis = *axes[i];
        const auto x = static_cast<double>(i);
        figure.x.ticks.push_back({x, figure::quantityTitle(axis.label, axis.unit)});
        figure.spans.push_back({.name = {},
                                .vertical = true,
                                .from = x,
                                .to = x,
                                .colour = figure::kMuted,
                                .line = figure::Line::solid});
        const figure::Range range = rangeOf(axis);
        const bool flipped = state.flipped.contains(axis.name);
        for (const bool top : {false, true})
            figure.annotations.push_back(
                {valueText(axis, top != flipped ? range.high : range.low), x, top ? 1.05 : -0.07});
    }
}

} // namespace

figure::Figure figureOf(const Data& data, const State& state, std::size_t mostLines)
{
    figure::Figure figure;
    figure.name = "parallel";
    const auto axes = shownAxes(data, state);
    const auto heights = heightsOf(axes, state);
    const auto kept = keptRows(data, state);
    const auto count = static_cast<std::size_t>(std::ranges::count(kept, 1));
    figure.altText = "Parallel coordinates: a line per row through its value on every axis.";
    figure.y.label = "Share of each axis's range";
    figure.y.minimum = -0.12;
    figure.y.maximum = 1.12;
    figure.x.minimum = -0.25;
    figure.x.maximum = static_cast<double>(axes.size()) - 0.75;
    figure.width = 170;
    if (count > mostLines && axes.size() > 1) {
        figure.grids.push_back(gridOf(heights, kept));
    } else {
        if (count < kept.size() && kept.size() - count <= mostLines) {
            figure.series.push_back(linesOf(heights, kept, false));
            figure.series.back().colour = figure::kMuted;
            figure.series.back().width = 0.3;
        }
        figure.series.push_back(linesOf(heights, kept, true));
    }
    figure.legend = false;
    addAxes(figure, axes, state);
    return figure;
}

} // namespace vitrine::parallel
