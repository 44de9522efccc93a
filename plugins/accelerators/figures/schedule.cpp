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

constexpr double kGapRows = 0.6; // between the units of two runs

// One row per unit of a run, from the top of the chart down; `rows` takes the next free one.
class Rows
{
public:
    Rows(figure::Figure& figure, const std::string& prefix, double& next)
        : figure_(figure), prefix_(prefix), next_(next)
    {
    }
    double of(const std::string& unit)
    {
        const auto [found, added] = rows_.emplace(unit, next_);
        if (added) {
            figure_.y.ticks.push_back({next_, prefix_ + unit});
            next_ += 1;
        }
        return found->second;
    }

private:
    figure::Figure& figure_;
    const std::string prefix_;
    double& next_;
    std::map<std::string, double> rows_;
};

// The bars of every kind of layer, and of transfers.
figure::Bars& barsOf(std::map<std::size_t, figure::Bars>& groups, std::size_t group)
{
    const auto [found, added] = groups.emplace(group, figure::Bars{});
    if (added) {
        const bool transfer = group == kKindGroups;
        found->second.name = transfer ? "DRAM transfer" : kindGroup(group).name;
        found->second.colour = transfer ? figure::kMuted : kindGroup(group).colour;
        found->second.horizontal = true;
        found->second.width = 0.72;
    }
    return found->second;
}

std::map<std::string, std::size_t> groupsOfLayers(const RunRecord& run)
{
    std::map<std::string, std::size_t> groups;
    const auto names = texts(run, "layers", "layer"), kinds = texts(run, "layers", "kind");
    for (std::size_t i = 0; i < std::min(names.size(), kinds.size()); ++i)
        groups[names[i]] = groupOf(kinds[i]);
    return groups;
}

void addSchedule(figure::Figure& figure, std::map<std::size_t, figure::Bars>& groups,
                 const RunRecord& run, Rows& rows, double scale, const std::string& unit)
{
    const auto layers = groupsOfLayers(run);
    const auto units = texts(run, "schedule", "unit"), names = texts(run, "schedule", "layer");
    const auto start = numbers(run, "schedule", "start"), end = numbers(run, "schedule", "end");
    for (const std::string& one : texts(run, "units", "unit")) // in the machine's own order
        rows.of(one);
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto kind = layers.find(names[i]);
        const std::size_t group = units[i] == "DRAM"     ? kKindGroups
                                  : kind != layers.end() ? kind->second
                                                         : groupOf("");
        figure::Bars& bars = barsOf(groups, group);
        bars.position.push_back(rows.of(units[i]));
        bars.base.push_back(start[i] * scale);
        bars.height.push_back((end[i] - start[i]) * scale);
        bars.labels.push_back(
            fmt::format("{}: {} {}", names[i], significant((end[i] - start[i]) * scale), unit));
    }
    figure.y.maximum = 0; // set when all rows are known
}

} // namespace

figure::Figure scheduleFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = emptyFigure("schedule", "Schedule", runs);
    const bool several = runs.size() > 1;
    const bool cycles = !several || equalClocks(runs);
    figure.caption = "What each unit works on since the picture's first cycle; units whose bars "
                     "overlap in time are pipelined.";
    figure.altText = "Gantt chart of the accelerators' units over time.";
    figure.x.label = cycles ? "Cycles" : "Time";
    figure.x.unit = cycles ? "" : "µs"; // clocks differ
    figure.x.minimum = 0;
    figure.width = 180;
    double next = 0;
    std::map<std::size_t, figure::Bars> groups;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (i > 0) {
            figure.spans.push_back({.name = {},
                                    .from = next - 0.5 + kGapRows / 2,
                                    .to = next - 0.5 + kGapRows / 2,
                                    .line = figure::Line::dot});
            next += kGapRows;
        }
        Rows rows(figure, several ? prefixOf(*runs[i]) : "", next);
        addSchedule(figure, groups, *runs[i], rows, cycles ? 1 : 1e6 / cyclesPerSecond(*runs[i]),
                    cycles ? "cycles" : "µs");
    }
    for (auto& [group, bars] : groups)
        figure.bars.push_back(std::move(bars));
    figure.y.reversed = true;
    figure.y.minimum = -0.6;
    figure.y.maximum = next - 0.4;
    figure.height = 30 + 5 * std::min(next, 120.0); // a page has an end
    return figure;
}

std::optional<figure::Range> blockRange(const std::vector<const RunRecord*>& runs)
{
    if (runs.empty())
        return {};
    const auto modules = texts(*runs.front(), "schedule", "module");
    const auto start = numbers(*runs.front(), "schedule", "start"),
               end = numbers(*runs.front(), "schedule", "end");
    double last = 0;
    for (const double one : end)
        last = std::max(last, one);
    // The module at work in the middle of the picture.
    std::string middle;
    for (std::size_t i = 0; i < modules.size(); ++i)
        if (start[i] <= last / 2)
            middle = modules[i];
    figure::Range range{last, 0};
    for (std::size_t i = 0; i < modules.size(); ++i)
        if (modules[i] == middle)
            range = {std::min(range.low, start[i]), std::max(range.high, end[i])};
    if (!(range.high > range.low) || range.high - range.low > 0.9 * last)
        return {};
    const double margin = 0.04 * (range.high - range.low);
    const double scale = equalClocks(runs) ? 1 : 1e6 / cyclesPerSecond(*runs.front());
    return figure::Range{std::max(0.0, range.low - margin) * scale, (range.high + margin) * scale};
}

} // namespace vitrine::accelerators_plugin
