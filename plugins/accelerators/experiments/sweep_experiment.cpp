#include "plugins/accelerators/experiments/sweep_experiment.h"

#include "plugins/accelerators/experiments/input.h"
#include "plugins/accelerators/experiments/tables.h"

#include <algorithm>
#include <chrono>
#include <numeric>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr std::size_t kMostRows = 20'000;

ParamSpec rangesParam(const sim::Accelerator& accelerator)
{
    ParamSpec ranges;
    ranges.name = "ranges";
    ranges.label = "Ranges";
    ranges.type = ParamType::text;
    ranges.multiline = true;
    const std::string first =
        accelerator.id == "systolic"   ? "rows=8:64:8; cols=8:64:8; dataflow=os,ws,is"
        : accelerator.id == "p2vit"    ? "rows=8:32:4; depth=16:128:16"
        : accelerator.id == "nvca"     ? "pif=4:24:4; pof=4:24:4; sparsity=0,0.25,0.5"
        : accelerator.id == "nasa"     ? "budget=64:512:16"
        : accelerator.id == "vitality" ? "rows=16:128:16; cols=16:128:16"
                                       : "lanes=2:16:2; multipliers=2:16:2; replicas=4,8,16,32";
    ranges.fallback = first;
    ranges.check = [&accelerator](const std::string& text) -> Result<void> {
        VITRINE_CHECK(sim::parseSweep(accelerator, text));
        return {};
    };
    ranges.help = "Parameters of the accelerator: lists, first:last:step, names; separated by ;";
    return ranges;
}

// All points where they are few; else the front and an even choice of the others.
std::vector<std::size_t> shownRows(const std::vector<sim::SweepPoint>& points)
{
    std::vector<std::size_t> rows;
    const std::size_t step = points.size() / kMostRows + 1;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (points[i].front || i % step == 0)
            rows.push_back(i);
    return rows;
}

std::vector<std::size_t> frontRows(const std::vector<sim::SweepPoint>& points)
{
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < points.size(); ++i)
        if (points[i].front)
            rows.push_back(i);
    std::ranges::sort(rows, {}, [&](std::size_t i) { return points[i].latencyMs; });
    return rows;
}

double best(const std::vector<sim::SweepPoint>& points, double sim::SweepPoint::*member)
{
    return (*std::ranges::min_element(points, {}, member)).*member;
}

} // namespace

ExperimentInfo SweepExperiment::info() const
{
    return {"accelerators.sweep", "Sweep an accelerator",
            "A grid of design points, and which of them no other beats in latency and energy.", 1};
}

std::vector<ParamSpec> SweepExperiment::params(const Params& chosen) const
{
    const sim::Accelerator& accelerator = chosenAccelerator(chosen);
    std::vector<ParamSpec> specs = commonParams(chosen);
    specs.push_back(rangesParam(accelerator));
    const auto own = acceleratorParams(accelerator);
    specs.insert(specs.end(), own.begin(), own.end());
    return specs;
}

Result<RunResult> SweepExperiment::run(const Params& params, Progress& progress) const
{
    const sim::Accelerator& accelerator = chosenAccelerator(params);
    RunResult result;
    VITRINE_TRY(const sim::Workload workload, openWorkload(params, result));
    VITRINE_TRY(const auto axes, sim::parseSweep(accelerator, params.text("ranges")));
    for (const sim::SweepAxis& axis : axes)
        if (std::string_view(accelerator.parameters[axis.parameter].name) == "weight_bits" &&
            std::ranges::any_of(axis.values, [](double bits) { return bits > 0; }))
            VITRINE_CHECK(checkOneWidth(params));
    const auto start = std::chrono::steady_clock::now();
    VITRINE_TRY(const auto points,
                sim::sweep(workload, accelerator, settingsOf(accelerator, params), axes,
                           [&](std::size_t done, std::size_t total) {
                               return progress.advance(static_cast<double>(done),
                                                       static_cast<double>(total), "points");
                           }));
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const auto front = frontRows(points), shown = shownRows(points);
    const auto count = static_cast<double>(points.size());
    result.metrics = {
        {"points", count, "1", Origin::computed, "Design points simulated"},
        {"points_per_second", count / seconds, "1/s", Origin::measured, "On all threads"},
        {"front_points", static_cast<double>(front.size()), "1", Origin::computed,
         "Beaten by none in latency and energy"},
        {"best_latency_ms", best(points, &sim::SweepPoint::latencyMs), "ms", Origin::computed, ""},
        {"best_energy_mj", best(points, &sim::SweepPoint::energyMj), "mJ", Origin::computed, ""},
        {"best_edp", best(points, &sim::SweepPoint::edp), "J s", Origin::computed, ""}};
    result.tables = {pointTable("points", accelerator, axes, points, shown),
                     pointTable("front", accelerator, axes, points, front)};
    VITRINE_CHECK(noteLeftOut(workload, accelerator, params, result));
    if (shown.size() < points.size())
        result.notes.push_back(
            fmt::format("Table points holds {} of {}: the front and an even choice.", shown.size(),
                        points.size()));
    return result;
}

} // namespace vitrine::accelerators_plugin
