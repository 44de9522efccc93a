#include "plugins/accelerators/figures.h"
#include "plugins/accelerators/figures_read.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::accelerators
{
namespace
{

// Filling over time as steps, one series per buffer.
void addBuffers(figure::Figure& figure, const RunRecord& run, const std::string& prefix,
                double scale, int colour, bool several)
{
    const auto names = texts(run, "buffers", "buffer"), layers = texts(run, "buffers", "layer");
    const auto start = numbers(run, "buffers", "start"), end = numbers(run, "buffers", "end");
    const auto resident = numbers(run, "buffers", "resident"),
               capacity = numbers(run, "buffers", "capacity"),
               needed = numbers(run, "buffers", "needed");
    constexpr figure::Line kLines[] = {figure::Line::solid, figure::Line::dash, figure::Line::dot,
                                       figure::Line::dashDot};
    std::map<std::string, std::size_t> series;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto [found, added] = series.emplace(names[i], figure.series.size());
        if (added) {
            figure::Series one;
            one.name = prefix + names[i] + ", " +
                       bytesText(static_cast<std::uint64_t>(std::max(0.0, capacity[i])));
            const auto index = static_cast<int>(series.size()) - 1;
            one.colour = several ? colour : index % kSeriesColours;
            one.line = kLines[several ? index % 4 : 0];
            figure.series.push_back(std::move(one));
        }
        figure::Series& one = figure.series[found->second];
        const double share = 100 * resident[i] / capacity[i];
        for (const double at : {start[i], end[i]}) {
            one.x.push_back(at * scale);
            one.y.push_back(share);
            one.labels.push_back(
                fmt::format("{}: {} held of {} wanted", layers[i],
                            bytesText(static_cast<std::uint64_t>(std::max(0.0, resident[i]))),
                            bytesText(static_cast<std::uint64_t>(std::max(0.0, needed[i])))));
        }
    }
}

} // namespace

figure::Figure buffersFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = emptyFigure("buffers", "Filling of the buffers", runs);
    const bool several = runs.size() > 1, cycles = !several || equalClocks(runs);
    figure.caption = "What the layer at work, and the weights fetched for the next, hold of every "
                     "buffer; half of a double buffer is filled ahead.";
    figure.altText = "Share of each on-chip buffer that is filled, over time.";
    figure.x.label = cycles ? "Cycles" : "Time";
    figure.x.unit = cycles ? "" : "µs";
    figure.x.minimum = 0;
    figure.y.label = "Filled";
    figure.y.unit = "%";
    figure.y.minimum = 0;
    figure.y.maximum = 108;
    figure.width = 180;
    for (std::size_t i = 0; i < runs.size(); ++i)
        addBuffers(figure, *runs[i], several ? prefixOf(*runs[i]) : "",
                   cycles ? 1 : 1e6 / cyclesPerSecond(*runs[i]),
                   static_cast<int>(i) % kSeriesColours, several);
    figure.spans.push_back({.name = {}, .from = 100, .to = 100});
    return figure;
}

} // namespace vitrine::accelerators
