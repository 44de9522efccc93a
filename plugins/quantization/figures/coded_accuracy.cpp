#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

// One accuracy with its interval, in percent.
struct MeasuredAccuracy {
    std::string name;
    double value = 0, low = 0, high = 0;
    int colour = 0;
    bool isOriginal = false;
};

MeasuredAccuracy accuracyAt(const RunRecord& run, const std::string& metric)
{
    return {.name = {},
            .value = 100 * metricOf(run.result, metric),
            .low = 100 * metricOf(run.result, metric + "_low"),
            .high = 100 * metricOf(run.result, metric + "_high")};
}

std::vector<MeasuredAccuracy> accuraciesOf(const CodedDrawing& drawing)
{
    std::vector<MeasuredAccuracy> all;
    const auto originals = originalsOf(drawing.runs());
    const bool isOnly = std::ranges::all_of(originals, [](std::size_t of) { return of == 0; });
    for (std::size_t i = 0; i < originals.size(); ++i) {
        const RunRecord& run = *drawing.runs()[i];
        if (originals[i] != i)
            continue;
        MeasuredAccuracy one = accuracyAt(run, "accuracy_original");
        one.name = isOnly ? "Original" : "Original of " + codedTick(run);
        one.colour = figure::kTextColour, one.isOriginal = true;
        all.push_back(std::move(one));
    }
    for (std::size_t i = 0; i < originals.size(); ++i) {
        MeasuredAccuracy one = accuracyAt(*drawing.runs()[i], "accuracy_quantized");
        one.name = codedName(*drawing.runs()[i]);
        one.colour = drawing.look(i).colour;
        all.push_back(std::move(one));
    }
    return all;
}

// Intervals are left out where the run holds none.
figure::Series whiskerOf(const MeasuredAccuracy& one, double place)
{
    figure::Series whisker;
    whisker.colour = one.colour, whisker.width = 2;
    if (std::isfinite(one.low) && std::isfinite(one.high))
        whisker.x = {one.low, one.high}, whisker.y = {place, place};
    return whisker;
}

} // namespace

figure::Figure codedAccuracy(const CodedDrawing& drawing)
{
    figure::Figure figure = drawing.start("coded-accuracy", "How often each is right");
    figure.caption =
        "Share of the pictures that are named rightly, with Wilson's interval of 95 %; the axis "
        "does not begin at zero. All runs see the same pictures as their original, so the paired "
        "test tells more than intervals that overlap.";
    figure.altText = "A point with an interval for the original and for each run.";
    figure.x.label = "Right", figure.x.unit = "%";
    figure.y.reversed = true;
    figure.legend = false;
    std::vector<std::string> names;
    for (const MeasuredAccuracy& one : accuraciesOf(drawing)) {
        const auto place = static_cast<double>(names.size());
        names.push_back(one.name);
        figure.series.push_back(whiskerOf(one, place));
        figure::Series point;
        point.colour = one.colour, point.line = figure::Line::none;
        point.marker = one.isOriginal ? figure::Marker::square : figure::Marker::circle;
        point.x = {one.value}, point.y = {place};
        point.labels = {fmt::format("{}: {:.2f} % (95 %: {:.1f} to {:.1f})", one.name, one.value,
                                    one.low, one.high)};
        figure.series.push_back(std::move(point));
        if (place == 0) {
            figure::Span line;
            line.vertical = true, line.from = line.to = one.value;
            figure.spans = {line};
        }
    }
    figure.y.ticks = ticksOf(names);
    figure.y.minimum = -0.6, figure.y.maximum = static_cast<double>(names.size()) - 0.4;
    figure.height = std::clamp(24 + 8 * static_cast<double>(names.size()), 44.0, 160.0);
    return figure;
}

} // namespace vitrine::quantization_plugin
