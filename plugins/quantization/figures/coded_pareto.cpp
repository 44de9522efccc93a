#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::size_t kMostInLegend = 5;

struct ParetoPoint {
    double cost = 0, accuracy = 0; // MB or bits; percent
    double low = 0, high = 0;
};

ParetoPoint pointOf(const RunRecord& run, bool isBits)
{
    const auto percent = [&](const char* name) { return 100 * metricOf(run.result, name); };
    return {isBits ? bitsAsStored(run) : metricOf(run.result, "size_bytes") / 1e6,
            percent("accuracy_quantized"), percent("accuracy_quantized_low"),
            percent("accuracy_quantized_high")};
}

ParetoPoint originalPoint(const RunRecord& run, bool isBits)
{
    const auto percent = [&](const char* name) { return 100 * metricOf(run.result, name); };
    const double bytes = metricOf(run.result, "size_bytes") * metricOf(run.result, "size_ratio");
    return {isBits ? 32.0 : bytes / 1e6, percent("accuracy_original"),
            percent("accuracy_original_low"), percent("accuracy_original_high")};
}

bool isDrawn(const ParetoPoint& point)
{
    return point.cost > 0 && std::isfinite(point.cost) && std::isfinite(point.accuracy);
}

// Those that no other is at least as good as in both and better in one, the cheapest first.
std::vector<ParetoPoint> frontOf(std::vector<ParetoPoint> points)
{
    std::ranges::sort(points, [](const ParetoPoint& a, const ParetoPoint& b) {
        return a.cost != b.cost ? a.cost < b.cost : a.accuracy > b.accuracy;
    });
    std::vector<ParetoPoint> front;
    for (const ParetoPoint& point : points)
        if (front.empty() || point.accuracy > front.back().accuracy)
            front.push_back(point);
    return front;
}

void addPoint(figure::Figure& figure, const ParetoPoint& point, const std::string& name,
              const figure::RunLook& look, figure::Marker marker)
{
    figure::Series whisker;
    whisker.colour = look.colour;
    if (std::isfinite(point.low) && std::isfinite(point.high)) {
        whisker.x = {point.cost, point.cost}, whisker.y = {point.low, point.high};
        figure.series.push_back(std::move(whisker));
    }
    figure::Series dot;
    dot.name = name, dot.colour = look.colour, dot.line = figure::Line::none;
    dot.marker = marker;
    dot.x = {point.cost}, dot.y = {point.accuracy};
    dot.labels = {name};
    figure.series.push_back(std::move(dot));
}

// A legend of many runs would take the room of the points: their numbers stand beside them instead.
void numberPoints(figure::Figure& figure, const CodedDrawing& drawing)
{
    for (figure::Series& dot : figure.series) {
        const auto run = std::ranges::find(drawing.runs(), dot.name,
                                           [](const RunRecord* one) { return codedName(*one); });
        if (dot.name.empty() || run == drawing.runs().end())
            continue;
        figure.annotations.push_back({codedTick(**run), dot.x[0], dot.y[0]});
        dot.name.clear();
    }
}

// As steps: at a cost between two points the cheaper one is what can be had.
figure::Series frontSteps(const std::vector<ParetoPoint>& front)
{
    figure::Series steps;
    steps.name = "none is better in both";
    steps.colour = figure::kMuted, steps.line = figure::Line::dash;
    for (const ParetoPoint& point : front) {
        if (!steps.x.empty())
            steps.x.push_back(point.cost), steps.y.push_back(steps.y.back());
        steps.x.push_back(point.cost), steps.y.push_back(point.accuracy);
    }
    return steps;
}

} // namespace

figure::Figure codedPareto(const CodedDrawing& drawing)
{
    const bool isBits = drawing.state().isBitsShown;
    figure::Figure figure =
        drawing.start("coded-pareto", isBits ? "Accuracy over bits" : "Accuracy over size");
    figure.x.label = isBits ? "Bits of each number, as stored" : "Size";
    figure.x.unit = isBits ? "bit" : "MB";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = "Right", figure.y.unit = "%";
    const auto originals = originalsOf(drawing.runs());
    const std::size_t first = originals[drawing.selectedPlace()];
    std::vector<ParetoPoint> points;
    std::size_t others = 0;
    for (std::size_t i = 0; i < originals.size(); ++i) {
        const ParetoPoint point = pointOf(*drawing.runs()[i], isBits);
        if (originals[i] != first || !isDrawn(point)) {
            ++others;
            continue;
        }
        points.push_back(point);
        addPoint(figure, point, codedName(*drawing.runs()[i]), drawing.look(i),
                 figure::Marker::circle);
    }
    if (points.size() < 2) {
        figure.series.clear();
        return figure;
    }
    if (points.size() > kMostInLegend)
        numberPoints(figure, drawing);
    const ParetoPoint original = originalPoint(*drawing.runs()[first], isBits);
    if (isDrawn(original))
        addPoint(figure, original, "Original", {.colour = figure::kTextColour},
                 figure::Marker::square);
    if (const auto front = frontOf(points); front.size() > 1)
        figure.series.push_back(frontSteps(front));
    figure.caption = fmt::format(
        "{} runs that judged the same pictures with the same original, with Wilson's interval of "
        "95 %; the horizontal axis is logarithmic.{}",
        points.size(),
        others > 0 ? fmt::format(" Left out, as they judged others: {}.", others) : "");
    figure.altText = "A point for each run: accuracy over what it takes.";
    return figure;
}

} // namespace vitrine::quantization_plugin
