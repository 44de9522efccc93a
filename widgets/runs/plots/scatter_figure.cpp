#include "widgets/runs/plots/scatter_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine
{
namespace
{

constexpr int kColumns = 160, kRows = 100; // of the density

// A quantity as it lies on the axis of the figure.
class AxisValues
{
public:
    explicit AxisValues(const RunColumn& column, bool counted)
        : column_(column), log_(isLogarithmic(column)), counted_(counted)
    {
    }

    // Of a density the grid is even, so that its axis carries the logarithm itself.
    double at(std::size_t run) const
    {
        const double value = column_.values[run];
        return log_ && counted_ ? std::log10(value) : value;
    }
    figure::Axis axis() const
    {
        figure::Axis axis;
        axis.label = column_.name;
        std::ranges::replace(axis.label, '_', ' ');
        axis.unit = column_.unit == "1" ? "" : column_.unit;
        if (log_ && counted_)
            axis.label = "log10 " + axis.label;
        else if (log_)
            axis.scale = figure::Scale::logarithmic;
        return axis;
    }

private:
    const RunColumn& column_;
    bool log_, counted_;
};

struct Places {
    std::vector<std::size_t> all, kept, selected; // places in the columns
};

Places placesOf(const ScatterData& data)
{
    Places places;
    for (std::size_t i = 0; i < data.numbers.size(); ++i) {
        if (!std::isfinite(data.x->values[i]) || !std::isfinite(data.y->values[i]))
            continue;
        places.all.push_back(i);
        if (data.brushed && std::ranges::binary_search(data.kept, data.numbers[i]))
            places.kept.push_back(i);
        if (std::ranges::find(data.selected, data.numbers[i]) != data.selected.end())
            places.selected.push_back(i);
    }
    return places;
}

figure::Series points(const char* name, const std::vector<std::size_t>& places, const AxisValues& x,
                      const AxisValues& y, int colour, double size)
{
    figure::Series series;
    series.name = name;
    series.line = figure::Line::none;
    series.marker = figure::Marker::circle;
    series.colour = colour;
    series.width = size;
    for (const std::size_t place : places) {
        series.x.push_back(x.at(place));
        series.y.push_back(y.at(place));
    }
    return series;
}

figure::Range rangeOf(const std::vector<std::size_t>& places, const AxisValues& values)
{
    figure::Range range{std::numeric_limits<double>::infinity(),
                        -std::numeric_limits<double>::infinity()};
    for (const std::size_t place : places) {
        range.low = std::min(range.low, values.at(place));
        range.high = std::max(range.high, values.at(place));
    }
    if (!(range.high > range.low))
        range = {range.low - 0.5, range.low + 0.5};
    return range;
}

figure::Grid density(const std::vector<std::size_t>& places, const AxisValues& x,
                     const AxisValues& y)
{
    const figure::Range across = rangeOf(places, x), up = rangeOf(places, y);
    figure::Grid grid;
    grid.name = "runs per cell";
    grid.rows = kRows;
    grid.columns = kColumns;
    grid.dx = (across.high - across.low) / kColumns;
    grid.dy = (up.high - up.low) / kRows;
    grid.x0 = across.low + grid.dx / 2;
    grid.y0 = up.low + grid.dy / 2;
    grid.scale = figure::Scale::logarithmic;
    grid.values.assign(static_cast<std::size_t>(kRows) * kColumns, 0);
    for (const std::size_t place : places) {
        const auto column =
            std::min(kColumns - 1, static_cast<int>((x.at(place) - across.low) / grid.dx));
        const auto row = std::min(kRows - 1, static_cast<int>((y.at(place) - up.low) / grid.dy));
        grid.values[static_cast<std::size_t>(row) * kColumns + static_cast<std::size_t>(column)] +=
            1;
    }
    grid.minimum = 1;
    grid.maximum = std::max(2.0F, *std::ranges::max_element(grid.values));
    std::ranges::replace(grid.values, 0.0F, std::numeric_limits<float>::quiet_NaN()); // no cell
    return grid;
}

} // namespace

bool isLogarithmic(const RunColumn& column)
{
    double least = std::numeric_limits<double>::infinity(), most = 0;
    for (const double value : column.values) {
        if (value <= 0)
            return false;
        if (std::isfinite(value)) {
            least = std::min(least, value);
            most = std::max(most, value);
        }
    }
    return most / least > 100;
}

figure::Figure scatterFigure(const ScatterData& data)
{
    figure::Figure figure;
    figure.name = "scatter";
    figure.width = 140;
    figure.height = 90;
    if (data.x == nullptr || data.y == nullptr)
        return figure;
    const Places places = placesOf(data);
    const bool counted = places.all.size() > kMostPoints;
    const AxisValues x(*data.x, counted), y(*data.y, counted);
    figure.x = x.axis();
    figure.y = y.axis();
    figure.title = figure.y.label + " over " + figure.x.label;
    figure.altText =
        fmt::format("{} runs, {} against {}", places.all.size(), figure.y.label, figure.x.label);
    if (places.all.empty())
        return figure;
    if (counted)
        figure.grids.push_back(density(places.all, x, y));
    else
        figure.series.push_back(points(data.brushed ? "other runs" : "runs", places.all, x, y,
                                       data.brushed ? figure::kMuted : 0, 1.5));
    if (data.brushed && !places.kept.empty() && places.kept.size() <= kMostPoints)
        figure.series.push_back(points("brushed", places.kept, x, y, counted ? 1 : 0, 1.5));
    if (!places.selected.empty())
        figure.series.push_back(points("selected", places.selected, x, y, 1, 3));
    figure.legend = figure.series.size() > 1;
    return figure;
}

std::vector<std::int64_t> runsInside(const ScatterData& data, const QPolygonF& region)
{
    std::vector<std::int64_t> inside;
    if (data.x == nullptr || data.y == nullptr || region.isEmpty())
        return inside;
    const bool counted = placesOf(data).all.size() > kMostPoints;
    const AxisValues x(*data.x, counted), y(*data.y, counted);
    const QRectF bounds = region.boundingRect();
    for (std::size_t i = 0; i < data.numbers.size(); ++i) {
        const QPointF point(x.at(i), y.at(i));
        if (bounds.contains(point) && region.containsPoint(point, Qt::OddEvenFill))
            inside.push_back(data.numbers[i]);
    }
    std::ranges::sort(inside);
    return inside;
}

} // namespace vitrine
