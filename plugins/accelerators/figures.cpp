#include "plugins/accelerators/figures.h"

#include "core/sim/accelerator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace vitrine::accelerators
{
namespace
{

constexpr int kSeriesColours = 6;

double number(const Cell& cell)
{
    if (const auto* real = std::get_if<double>(&cell))
        return *real;
    if (const auto* whole = std::get_if<std::int64_t>(&cell))
        return static_cast<double>(*whole);
    return std::nan("");
}

std::string text(const Cell& cell)
{
    const auto* value = std::get_if<std::string>(&cell);
    return value ? *value : "";
}

// A column of a run's table; empty where the run has none.
template <typename Value>
auto column(const RunRecord& run, const char* table, const char* name, Value value)
{
    std::vector<decltype(value(Cell{}))> values;
    const Table* found = run.result.table(table);
    const int at = found ? found->column(name) : -1;
    if (at < 0)
        return values;
    for (const auto& row : found->rows)
        values.push_back(value(row[static_cast<std::size_t>(at)]));
    return values;
}

std::vector<double> numbers(const RunRecord& run, const char* table, const char* name)
{
    return column(run, table, name, number);
}

std::vector<std::string> texts(const RunRecord& run, const char* table, const char* name)
{
    return column(run, table, name, text);
}

double metric(const RunRecord& run, const char* name)
{
    const Metric* found = run.result.metric(name);
    return found ? found->value : std::nan("");
}

std::string labelled(const RunRecord& run)
{
    return run.number > 0 ? fmt::format("#{} {}", run.number, runName(run)) : runName(run);
}

// "stages.2.blocks.1" is long for a tick: "2.1".
std::string shortModule(std::string module)
{
    for (const std::string_view word : {"stages.", "blocks.", "layers."})
        for (auto at = module.find(word); at != std::string::npos; at = module.find(word))
            module.erase(at, word.size());
    return module;
}

figure::Figure empty(const char* name, const char* title, const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = title;
    figure.recipe.figure = name;
    figure.recipe.state = "{}";
    for (const RunRecord* run : runs) {
        figure.recipe.runs.push_back(run->uid);
        figure.recipe.experiment = run->experiment;
    }
    return figure;
}

// Bars of several parts on top of each other, one place per run.
void stack(figure::Figure& figure, const std::vector<std::string>& parts,
           const std::vector<std::vector<double>>& values)
{
    std::vector<double> base(values.size(), 0);
    for (std::size_t part = 0; part < parts.size(); ++part) {
        figure::Bars bars;
        bars.name = parts[part];
        bars.colour = part < kSeriesColours ? static_cast<int>(part) : figure::kMuted;
        bars.width = 0.6;
        double sum = 0;
        for (std::size_t run = 0; run < values.size(); ++run) {
            bars.position.push_back(static_cast<double>(run));
            bars.height.push_back(values[run][part]);
            bars.base.push_back(base[run]);
            base[run] += values[run][part];
            sum += values[run][part];
        }
        if (sum > 0)
            figure.bars.push_back(std::move(bars));
    }
}

void nameRuns(figure::Figure& figure, const std::vector<const RunRecord*>& runs)
{
    for (std::size_t i = 0; i < runs.size(); ++i)
        figure.x.ticks.push_back({static_cast<double>(i), labelled(*runs[i])});
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(runs.size()) - 0.4;
}

double sum(const std::vector<double>& values)
{
    double total = 0;
    for (const double value : values)
        total += std::isnan(value) ? 0 : value;
    return total;
}

} // namespace

std::string runName(const RunRecord& run)
{
    const auto given = [&](const char* name) {
        return run.params.has(name) ? run.params.text(name) : std::string();
    };
    std::string workload = given("workload");
    if (const std::size_t slash = workload.rfind('/'); slash != std::string::npos)
        workload = workload.substr(slash + 1);
    const std::string id = given("accelerator");
    const sim::Accelerator* machine = sim::findAccelerator(id);
    return (machine ? machine->title : id) + " · " + workload;
}

namespace
{

// One row per unit of a run, from the top of the chart down.
void addSchedule(figure::Figure& figure, const RunRecord& run, const std::string& prefix,
                 double scale)
{
    const auto units = texts(run, "schedule", "unit");
    const auto start = numbers(run, "schedule", "start"), end = numbers(run, "schedule", "end");
    std::map<std::string, std::size_t> rows; // unit to its bars
    for (std::size_t i = 0; i < units.size(); ++i) {
        const auto [found, added] = rows.emplace(units[i], figure.bars.size());
        if (added) {
            figure.y.ticks.push_back({static_cast<double>(figure.bars.size()), prefix + units[i]});
            figure::Bars bars;
            bars.name = prefix + units[i];
            bars.horizontal = true;
            bars.width = 0.7;
            bars.colour = static_cast<int>(rows.size() - 1) % kSeriesColours;
            figure.bars.push_back(std::move(bars));
        }
        figure::Bars& bars = figure.bars[found->second];
        bars.position.push_back(static_cast<double>(found->second));
        bars.base.push_back(start[i] * scale);
        bars.height.push_back((end[i] - start[i]) * scale);
    }
}

} // namespace

figure::Figure scheduleFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = empty("schedule", "Schedule", runs);
    const bool several = runs.size() > 1;
    figure.caption = several
                         ? "What each unit works on, since the picture's first cycle."
                         : "What each unit works on, in cycles since the picture's first cycle.";
    figure.altText = "Gantt chart of the accelerators' units over time.";
    figure.x.label = "Time";
    figure.x.unit = several ? "µs" : "cycle"; // clocks differ
    figure.x.minimum = 0;
    figure.width = 180;
    figure.height = 60;
    figure.legend = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const double microseconds =
            metric(*runs[i], "latency_ms") * 1e3 / metric(*runs[i], "cycles");
        const std::string name =
            runs[i]->number > 0 ? fmt::format("#{} ", runs[i]->number) : "what if ";
        addSchedule(figure, *runs[i], several ? name : "", several ? microseconds : 1);
    }
    figure.y.reversed = true;
    figure.y.minimum = -0.6;
    figure.y.maximum = static_cast<double>(figure.bars.size()) - 0.4;
    return figure;
}

figure::Figure cyclesFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = empty("cycles", "Cycles of every layer", runs);
    figure.caption =
        "What each layer adds to the run; overlap with its neighbours is counted once.";
    figure.altText = "Bars of cycles per layer.";
    figure.x.label = "Layer";
    figure.y.label = "Cycles";
    figure.y.unit = "cycle";
    figure.y.minimum = 0;
    const double width = 0.8 / static_cast<double>(std::max<std::size_t>(runs.size(), 1));
    for (std::size_t i = 0; i < runs.size(); ++i) {
        figure::Bars bars;
        bars.name = labelled(*runs[i]);
        bars.colour = static_cast<int>(i) % kSeriesColours;
        bars.width = width;
        bars.height = numbers(*runs[i], "layers", "cycles");
        for (std::size_t layer = 0; layer < bars.height.size(); ++layer)
            bars.position.push_back(static_cast<double>(layer) +
                                    (static_cast<double>(i) + 0.5) * width - 0.4);
        if (!bars.height.empty())
            figure.bars.push_back(std::move(bars));
    }
    const auto modules =
        runs.empty() ? std::vector<std::string>{} : texts(*runs.front(), "layers", "module");
    for (std::size_t i = 0; i < modules.size(); ++i)
        if (i == 0 || modules[i] != modules[i - 1])
            figure.x.ticks.push_back({static_cast<double>(i), shortModule(modules[i])});
    return figure;
}

figure::Figure energyFigure(const std::vector<const RunRecord*>& runs)
{
    constexpr std::array kParts{"multiply", "add", "shift", "special", "on-chip", "DRAM", "fixed"};
    figure::Figure figure = empty("energy", "Energy by part", runs);
    figure.caption = "Of one picture. special: division, exponentials; fixed: static power.";
    figure.altText = "Stacked bars of energy, one per run.";
    figure.y.label = "Energy";
    figure.y.unit = "mJ";
    figure.y.minimum = 0;
    std::vector<std::vector<double>> values;
    for (const RunRecord* run : runs) {
        auto& parts = values.emplace_back();
        for (const char* part : kParts)
            parts.push_back(1e-9 *
                            sum(numbers(*run, "layers", fmt::format("energy_{}", part).c_str())));
    }
    stack(figure, {kParts.begin(), kParts.end()}, values);
    nameRuns(figure, runs);
    return figure;
}

figure::Figure trafficFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = empty("traffic", "DRAM traffic", runs);
    figure.caption = "Bytes of one picture, by what they carry.";
    figure.altText = "Stacked bars of DRAM traffic, one per run.";
    figure.y.label = "Traffic";
    figure.y.unit = "MB";
    figure.y.minimum = 0;
    std::vector<std::vector<double>> values;
    for (const RunRecord* run : runs) {
        auto& parts = values.emplace_back();
        for (const char* part : {"dram_in", "dram_weights", "dram_out"})
            parts.push_back(1e-6 * sum(numbers(*run, "layers", part)));
    }
    stack(figure, {"activations read", "weights read", "activations written"}, values);
    nameRuns(figure, runs);
    return figure;
}

figure::Figure rooflineFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = empty("roofline", "Roofline", runs);
    figure.caption =
        "A point per layer; the roof is what the arrays, and what the DRAM's bandwidth, allow.";
    figure.altText = "Throughput of every layer over its arithmetic intensity, below the roof.";
    figure.x.label = "Intensity";
    figure.x.unit = "operation/byte";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = "Throughput";
    figure.y.unit = "GOPS";
    figure.y.scale = figure::Scale::logarithmic;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const RunRecord& run = *runs[i];
        const double peak = metric(run, "peak_gops"), bandwidth = metric(run, "dram_gbs");
        const double cyclesPerSecond = metric(run, "cycles") / metric(run, "latency_ms") * 1e3;
        const auto macs = numbers(run, "layers", "macs"), cycles = numbers(run, "layers", "cycles");
        const auto in = numbers(run, "layers", "dram_in"),
                   weights = numbers(run, "layers", "dram_weights"),
                   out = numbers(run, "layers", "dram_out");
        figure::Series points;
        points.name = labelled(run);
        points.colour = static_cast<int>(i) % kSeriesColours;
        points.line = figure::Line::none;
        points.marker = figure::Marker::circle;
        for (std::size_t layer = 0; layer < macs.size(); ++layer) {
            const double bytes = in[layer] + weights[layer] + out[layer];
            if (!(macs[layer] > 0 && cycles[layer] > 0 && bytes > 0))
                continue;
            points.x.push_back(2 * macs[layer] / bytes);
            points.y.push_back(2e-9 * macs[layer] / cycles[layer] * cyclesPerSecond);
        }
        if (points.x.empty() || !(peak > 0) || !(bandwidth > 0))
            continue;
        const double ridge = peak / bandwidth;
        const auto [low, high] = std::ranges::minmax(points.x);
        figure::Series roof;
        roof.colour = points.colour;
        roof.line = figure::Line::solid;
        roof.x = {std::min(low, ridge) / 2, ridge, std::max(high, ridge) * 2};
        roof.y = {roof.x[0] * bandwidth, peak, peak};
        figure.series.push_back(std::move(points));
        figure.series.push_back(std::move(roof));
    }
    return figure;
}

figure::Figure paretoFigure(const std::vector<const RunRecord*>& runs)
{
    figure::Figure figure = empty("pareto", "Latency and energy of the design points", runs);
    figure.caption = "The line joins the points that no other beats in both.";
    figure.altText = "Scatter of energy over latency with the Pareto front.";
    figure.x.label = "Latency";
    figure.x.unit = "ms";
    figure.x.scale = figure::Scale::logarithmic;
    figure.y.label = "Energy";
    figure.y.unit = "mJ";
    figure.y.scale = figure::Scale::logarithmic;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        figure::Series all, front;
        all.name = labelled(*runs[i]);
        all.colour = front.colour = static_cast<int>(i) % kSeriesColours;
        all.line = figure::Line::none;
        all.marker = figure::Marker::circle;
        all.x = numbers(*runs[i], "points", "latency_ms");
        all.y = numbers(*runs[i], "points", "energy_mj");
        front.name = "front of " + labelled(*runs[i]);
        front.x = numbers(*runs[i], "front", "latency_ms");
        front.y = numbers(*runs[i], "front", "energy_mj");
        front.marker = figure::Marker::square;
        if (all.x.empty())
            continue;
        figure.series.push_back(std::move(all));
        figure.series.push_back(std::move(front));
    }
    return figure;
}

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs)
{
    std::vector<const RunRecord*> simulated, swept;
    for (const RunRecord& run : runs) {
        if (run.result.table("schedule"))
            simulated.push_back(&run);
        if (run.result.table("points"))
            swept.push_back(&run);
    }
    std::vector<figure::Figure> all;
    if (!simulated.empty())
        for (const auto make :
             {scheduleFigure, cyclesFigure, energyFigure, trafficFigure, rooflineFigure})
            all.push_back(make(simulated));
    if (!swept.empty())
        all.push_back(paretoFigure(swept));
    return all;
}

} // namespace vitrine::accelerators
