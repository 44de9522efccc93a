#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace vitrine::accelerators_plugin
{
namespace
{

figure::Series layersOf(const RunRecord& run)
{
    const auto names = texts(run, "layers", "layer"), bound = texts(run, "layers", "bound_by");
    const auto macs = numbers(run, "layers", "macs"), cycles = numbers(run, "layers", "cycles");
    const auto in = numbers(run, "layers", "dram_in"),
               weights = numbers(run, "layers", "dram_weights"),
               out = numbers(run, "layers", "dram_out");
    figure::Series points;
    points.line = figure::Line::none;
    points.marker = figure::Marker::circle;
    for (std::size_t i = 0; i < macs.size(); ++i) {
        const double bytes = in[i] + weights[i] + out[i];
        if (!(macs[i] > 0 && cycles[i] > 0 && bytes > 0))
            continue;
        points.x.push_back(2 * macs[i] / bytes);
        points.y.push_back(2e-9 * macs[i] / cycles[i] * cyclesPerSecond(run));
        points.labels.push_back(names[i] + (bound[i] == "DRAM" ? ", bound by DRAM" : ""));
    }
    return points;
}

// Counted with data that is always there, as the papers do: nothing waits for its bytes.
bool ignoresMemory(const RunRecord& run)
{
    return parameterText(run.params, "memory") == "ideal";
}

struct Roof {
    figure::Series slope, peak;
};

// Up the bandwidth to the ridge (dashed where the run does not wait for memory), then along the
// peak.
Roof roofOver(const RunRecord& run, double low, double high)
{
    const double peak = metricOf(run.result, "peak_gops"),
                 bandwidth = metricOf(run.result, "dram_gbs");
    const double ridge = peak / bandwidth;
    Roof roof;
    roof.slope.line = ignoresMemory(run) ? figure::Line::dash : figure::Line::solid;
    roof.slope.x = {std::min(low, ridge / 4), ridge};
    roof.slope.y = {roof.slope.x[0] * bandwidth, peak};
    roof.slope.labels = {significant(bandwidth, 3) + " GB/s",
                         "ridge at " + significant(ridge, 3) + " operations per byte"};
    roof.peak.line = figure::Line::solid;
    roof.peak.x = {ridge, std::max(high, ridge * 4)};
    roof.peak.y = {peak, peak};
    roof.peak.labels = {roof.slope.labels[1], significant(peak, 4) + " GOPS peak"};
    return roof;
}

} // namespace

figure::Figure rooflineFigure(const std::vector<const RunRecord*>& runs,
                              const figure::RunPlaces& places)
{
    figure::Figure figure = emptyFigure("roofline", "Roofline", runs, places);
    const auto looks = looksOf(runs, places);
    figure.caption =
        "A point per layer; the roof is what the arrays, and what the DRAM's bandwidth, allow. "
        "Above a dashed slope lies what does not wait for its bytes (memory=ideal).";
    figure.altText = "Throughput of every layer over its arithmetic intensity, below the roof.";
    figure.x.label = "Intensity";
    figure.x.unit = "operations/byte";
    figure.x.scale = figure.y.scale = figure::Scale::logarithmic;
    figure.y.label = "Throughput";
    figure.y.unit = "GOPS";
    std::vector<figure::Series> points;
    double low = 1e300, high = 0;
    for (const RunRecord* run : runs) {
        points.push_back(layersOf(*run));
        for (const double x : points.back().x) {
            low = std::min(low, x);
            high = std::max(high, x);
        }
    }
    const std::vector<std::string> names = shortNames(runs);
    bool saidSo = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const double peak = metricOf(runs[i]->result, "peak_gops");
        if (points[i].x.empty() || !(peak > 0) || !(metricOf(runs[i]->result, "dram_gbs") > 0))
            continue;
        points[i].name = names[i];
        Roof roof = roofOver(*runs[i], low / 2, high * 2);
        points[i].colour = roof.slope.colour = roof.peak.colour = looks[i].colour;
        if (ignoresMemory(*runs[i]) && !std::exchange(saidSo, true))
            roof.slope.name = "DRAM bandwidth: not waited for (memory=ideal)";
        if (runs.size() == 1)
            figure.annotations.push_back({significant(peak, 4) + " GOPS", roof.slope.x[1], peak});
        figure.series.push_back(std::move(points[i]));
        figure.series.push_back(std::move(roof.slope));
        figure.series.push_back(std::move(roof.peak));
    }
    // Room for the words on the roof.
    double top = 0, bottom = 1e300;
    for (const figure::Series& series : figure.series)
        for (const double y : series.y) {
            top = std::max(top, y);
            bottom = std::min(bottom, y);
        }
    if (top > 0) {
        figure.y.minimum = bottom / 1.5;
        figure.y.maximum = top * 2;
    }
    return figure;
}

} // namespace vitrine::accelerators_plugin
