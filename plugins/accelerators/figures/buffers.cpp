#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/figures/read.h"

#include "core/base/format.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace vitrine::accelerators_plugin
{
namespace
{

// A stretch of time in a buffer, or in all of a run's.
struct Held {
    std::string name, layer;
    double start = 0, end = 0, resident = 0, needed = 0, capacity = 0;
};

std::vector<Held> heldIn(const RunRecord& run)
{
    const auto names = texts(run, "buffers", "buffer"), layers = texts(run, "buffers", "layer");
    const auto start = numbers(run, "buffers", "start"), end = numbers(run, "buffers", "end");
    const auto resident = numbers(run, "buffers", "resident"),
               capacity = numbers(run, "buffers", "capacity"),
               needed = numbers(run, "buffers", "needed");
    std::vector<Held> held;
    for (std::size_t i = 0; i < names.size(); ++i)
        held.push_back(
            {names[i], layers[i], start[i], end[i], resident[i], needed[i], capacity[i]});
    return held;
}

// A layer's rows follow each other, one per buffer.
std::vector<Held> together(const std::vector<Held>& each, const std::string& name)
{
    std::vector<Held> sums;
    for (const Held& one : each) {
        if (sums.empty() || sums.back().layer != one.layer || sums.back().start != one.start) {
            sums.push_back({name, one.layer, one.start, one.end});
        }
        sums.back().resident += one.resident;
        sums.back().needed += one.needed;
        sums.back().capacity += one.capacity;
    }
    return sums;
}

std::string bytes(double count)
{
    constexpr std::int64_t kMost = 1'000'000'000'000'000;
    return bytesText(static_cast<std::uint64_t>(wholeWithin(count, 0, kMost).value_or(0)));
}

// Filling over time as steps, one series per name.
void addSteps(figure::Figure& figure, const std::vector<Held>& held, double scale)
{
    std::map<std::string, std::size_t> series;
    for (const Held& one : held) {
        const auto [found, added] = series.emplace(one.name, figure.series.size());
        if (added) {
            figure::Series made;
            made.name = one.name + ", " + bytes(one.capacity);
            made.colour = static_cast<int>(figure.series.size()) % kSeriesColours;
            figure.series.push_back(std::move(made));
        }
        figure::Series& line = figure.series[found->second];
        for (const double at : {one.start, one.end}) {
            line.x.push_back(at * scale);
            line.y.push_back(100 * one.resident / one.capacity);
            line.labels.push_back(fmt::format("{}: {} held of {} wanted", one.layer,
                                              bytes(one.resident), bytes(one.needed)));
        }
    }
}

} // namespace

figure::Figure buffersFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = emptyFigure("buffers", "Filling of the buffers", runs);
    const bool several = runs.size() > 1, cycles = !several || equalClocks(runs);
    figure.caption =
        several ? "All on-chip memory of each run together: what the layer at work, and what is "
                  "fetched ahead, hold of it."
                : "What the layer at work, and the weights fetched for the next, hold of every "
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
    const std::vector<std::string> names = shortNames(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto held = heldIn(*runs[i]);
        addSteps(figure, several ? together(held, names[i]) : held,
                 cycles ? 1 : 1e6 / cyclesPerSecond(*runs[i]));
    }
    figure.spans.push_back({.name = {}, .from = 100, .to = 100});
    return figure;
}

} // namespace vitrine::accelerators_plugin
