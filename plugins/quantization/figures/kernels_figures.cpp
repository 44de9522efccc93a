#include "plugins/quantization/figures/kernels_figures.h"

#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/runs_drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr std::int64_t kMostThreads = 4096;

// What a run holds of one kernel on so many threads.
struct Measured {
    std::string kernel;
    std::int64_t threads = 1;
    double seconds = 0, rate = 0, share = 0, f32 = 0, f16 = 0, error = 0; // NaN: not there

    // Its family and width, where it multiplies codes: "look-ups", "int16".
    std::string family() const { return kernel.substr(0, kernel.find(", ")); }
    std::string width() const
    {
        const auto comma = kernel.find(", ");
        return comma == std::string::npos ? std::string() : kernel.substr(comma + 2);
    }
    bool isOfCodes() const { return !width().empty(); }
};

std::vector<Measured> measuredOf(const RunRecord& run)
{
    std::vector<Measured> all;
    const Table* table = run.result.table("kernels");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        Measured one{.kernel = row.text("kernel"),
                     .threads =
                         row.has("threads") ? row.whole("threads", 1, kMostThreads).value_or(0) : 0,
                     .seconds = row.number("seconds"),
                     .rate = row.number("gigabytes_per_second"),
                     .share = row.number("bandwidth_share"),
                     .f32 = row.number("ratio_f32"),
                     .f16 = row.number("ratio_f16"),
                     .error = row.number("error")};
        if (!one.kernel.empty() && one.seconds > 0 && std::isfinite(one.seconds))
            all.push_back(std::move(one));
    }
    return all;
}

std::int64_t mostThreads(const std::vector<Measured>& all)
{
    std::int64_t most = 0;
    for (const Measured& one : all)
        most = std::max(most, one.threads);
    return most;
}

// Earlier runs do not say on how many threads.
std::string threadsText(std::int64_t threads)
{
    return threads == 0   ? std::string("all threads")
           : threads == 1 ? std::string("1 thread")
                          : fmt::format("{} threads", threads);
}

Cell finiteCell(double value, double factor = 1)
{
    return std::isfinite(value) ? Cell{factor * value} : Cell{};
}

const Measured* fastest(const std::vector<Measured>& all, std::int64_t threads)
{
    const Measured* best = nullptr;
    for (const Measured& one : all)
        if (one.isOfCodes() && one.threads == threads && (!best || one.seconds < best->seconds))
            best = &one;
    return best;
}

const Measured* findMeasured(const std::vector<Measured>& all, const std::string& kernel,
                             std::int64_t threads)
{
    const auto found = std::ranges::find_if(
        all, [&](const Measured& one) { return one.kernel == kernel && one.threads == threads; });
    return found == all.end() ? nullptr : &*found;
}

// "On 2 threads the fastest are look-ups with inputs of 8 bits: 0.31 ms a product, ..."
std::string fastestSentence(const RunRecord& run)
{
    const auto all = measuredOf(run);
    const Measured* const best = fastest(all, mostThreads(all));
    if (!best)
        return "No kernel of codes was measured.";
    std::string text = fmt::format("On {} the fastest are {} with inputs of {} bits: {:.3g} ms a "
                                   "product",
                                   threadsText(best->threads), best->family(),
                                   best->width() == "int8" ? 8 : 16, 1e3 * best->seconds);
    if (std::isfinite(best->f32))
        text += fmt::format(", {:.1f} times as fast as F32 weights", best->f32);
    if (std::isfinite(best->share))
        text += fmt::format(", reading {:.1f} GB/s, {:.0f} % of what plain loops read", best->rate,
                            100 * best->share);
    if (std::isfinite(best->error))
        text += fmt::format("; off by at most {:.2g} % of the largest output", 100 * best->error);
    return text + '.';
}

// How the families compare where they give the same product, and the fastest on one thread.
std::string familiesSentence(const RunRecord& run)
{
    const auto all = measuredOf(run);
    const std::int64_t threads = mostThreads(all);
    std::string text;
    const Measured* const dots = findMeasured(all, "dot products, int16", threads);
    const Measured* const lookups = findMeasured(all, "look-ups, int16", threads);
    if (dots && lookups) {
        const double ratio = dots->seconds / lookups->seconds;
        text = fmt::format("With inputs of 16 bits {} take {:.2f} times as long as {}.",
                           ratio < 1 ? "look-ups" : "dot products", std::max(ratio, 1 / ratio),
                           ratio < 1 ? "dot products" : "look-ups");
    }
    const Measured* const single = threads > 1 ? fastest(all, 1) : nullptr;
    if (single)
        text += fmt::format("{}On one thread {} are the fastest: {:.3g} ms.",
                            text.empty() ? "" : " ", single->kernel, 1e3 * single->seconds);
    return text;
}

// What is drawn side by side: a run's kernels on so many threads.
struct Group {
    std::size_t run = 0;
    std::int64_t threads = 0;
    std::string name;
    int colour = 0;
    std::vector<Measured> kernels;
};

std::vector<Group> groupsOf(const Runs& runs, const State& state)
{
    const auto looks = looksOf(runs, state);
    std::vector<Group> groups;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const auto all = measuredOf(*runs[r]);
        const std::int64_t most = mostThreads(all);
        std::vector<std::int64_t> counts = {most};
        if (runs.size() == 1 && most > 1)
            counts.insert(counts.begin(), 1);
        for (const std::int64_t threads : counts) {
            Group group{r,
                        threads,
                        runs.size() == 1 ? threadsText(threads) : kernelsName(*runs[r]),
                        runs.size() == 1 ? static_cast<int>(threads != counts.front())
                                         : looks[r].colour,
                        {}};
            std::ranges::copy_if(all, std::back_inserter(group.kernels),
                                 [&](const Measured& one) { return one.threads == threads; });
            if (!group.kernels.empty())
                groups.push_back(std::move(group));
        }
    }
    return groups;
}

// Bars to the right, a place for each kernel from the top down.
figure::Figure barsOf(const Runs& runs, const State& state, const char* name, const char* title,
                      double Measured::*value, double factor, const char* unit)
{
    figure::Figure figure = startedFigure(name, title, runs, "quantization.kernels", state);
    figure.x.minimum = 0;
    figure.x.unit = unit;
    figure.y.reversed = true;
    const auto groups = groupsOf(runs, state);
    const double width = 0.8 / static_cast<double>(std::max<std::size_t>(1, groups.size()));
    const auto placeOf = [&](const std::string& kernel) {
        const auto found = std::ranges::find(figure.y.ticks, kernel, &figure::Axis::Tick::label);
        if (found != figure.y.ticks.end())
            return found->position;
        figure.y.ticks.push_back({static_cast<double>(figure.y.ticks.size()), kernel});
        return figure.y.ticks.back().position;
    };
    for (std::size_t g = 0; g < groups.size(); ++g) {
        figure::Bars bars;
        bars.name = groups[g].name;
        bars.colour = groups[g].colour;
        bars.horizontal = true;
        bars.width = 0.92 * width;
        for (const Measured& one : groups[g].kernels) {
            const double number = one.*value;
            const double at = placeOf(one.kernel);
            if (!std::isfinite(number))
                continue;
            bars.position.push_back(at + (static_cast<double>(g) + 0.5) * width - 0.4);
            bars.height.push_back(factor * number);
            bars.labels.push_back(fmt::format("{}, {}", one.kernel, groups[g].name));
        }
        if (!bars.height.empty())
            figure.bars.push_back(std::move(bars));
    }
    return figure;
}

figure::Figure timesFigure(const Runs& runs, const State& state)
{
    figure::Figure figure =
        barsOf(runs, state, "kernel-times", "Time of one product", &Measured::seconds, 1e3, "ms");
    figure.caption = "One vector times the matrix, the best of the rounds; matrices take turns so "
                     "that they come from memory.";
    figure.altText = "Milliseconds of one product for each kernel.";
    figure.x.label = "Time";
    return figure;
}

figure::Figure ratesFigure(const Runs& runs, const State& state)
{
    figure::Figure figure =
        barsOf(runs, state, "kernel-rates", "Weights read in a second", &Measured::rate, 1, "GB/s");
    figure.caption = "Bytes of weights and scales over the time of a product. Dashed: what the "
                     "best of several plain loops reads of this memory, measured in the same run.";
    figure.altText = "Gigabytes of weights read in a second for each kernel, with the measured "
                     "bandwidth.";
    figure.x.label = "Read";
    for (const Group& group : groupsOf(runs, state)) {
        const double rate = metricOf(runs[group.run]->result,
                                     group.threads == 1 ? "bandwidth_one_thread" : "bandwidth");
        if (!(rate > 0) || !std::isfinite(rate))
            continue;
        figure::Span span;
        span.name =
            "plain loops, " + (runs.size() == 1 ? group.name : versionTick(*runs[group.run]));
        span.vertical = true;
        span.from = span.to = rate;
        span.colour = group.colour;
        figure.spans.push_back(span);
        figure.x.maximum = std::max(figure.x.maximum.value_or(0), 1.06 * rate);
    }
    if (figure.x.maximum)
        for (const figure::Bars& bars : figure.bars)
            for (const double height : bars.height)
                figure.x.maximum = std::max(*figure.x.maximum, 1.04 * height);
    return figure;
}

} // namespace

bool isKernelsRun(const RunRecord& run)
{
    return run.experiment == "quantization.kernels" && !measuredOf(run).empty();
}

std::string kernelsName(const RunRecord& run)
{
    const auto whole = [&](const char* name) {
        const double value = parameterNumber(run.params, name, std::nan(""));
        const auto within = wholeWithin(value, 0, std::int64_t{1} << 40);
        return within ? wholeText(*within) : std::string("?");
    };
    const std::string bits = whole("bits"), layout = parameterText(run.params, "layout");
    std::string name = fmt::format("{} × {}, {} {}", whole("rows"), whole("columns"), bits,
                                   bits == "1" ? "bit" : "bits");
    if (layout == "block" || layout == "column" || layout == "row")
        name += ", " + layout + "s";
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

VersionTable kernelsTable(const Runs& runs)
{
    VersionTable made;
    Table& table = made.table;
    table.name = "kernels";
    const auto column = [&](const char* name, const char* unit, const char* help) {
        table.columns.push_back({name, unit, Origin::measured, help});
    };
    if (runs.size() > 1)
        column("Run", "", "The matrix and its codes");
    column("Kernel", "", "Weights and how they are multiplied");
    column("Threads", "", "That share a product");
    column("Time", "ms", "Of one product, the best round");
    column("Read", "GB/s", "Weights and scales");
    column("Of bandwidth", "%", "Over what plain loops on as many threads read");
    column("× F32", "", "Times as fast as F32 weights");
    column("× F16", "", "Times as fast as F16 weights");
    column("Largest error", "ppm",
           "Of an output against the exact product of the same weights, in millionths of the "
           "largest output");
    for (std::size_t r = 0; r < runs.size(); ++r)
        for (const Measured& one : measuredOf(*runs[r])) {
            std::vector<Cell> row;
            if (runs.size() > 1)
                row.emplace_back(kernelsName(*runs[r]));
            row.emplace_back(one.kernel);
            row.push_back(one.threads > 0 ? Cell{one.threads} : Cell{});
            row.push_back(finiteCell(one.seconds, 1e3));
            row.push_back(finiteCell(one.rate));
            row.push_back(finiteCell(one.share, 100));
            row.push_back(finiteCell(one.f32));
            row.push_back(finiteCell(one.f16));
            row.push_back(finiteCell(one.error, 1e6));
            table.rows.push_back(std::move(row));
            made.runOf.push_back(static_cast<int>(r));
        }
    return made;
}

std::string kernelsVerdict(const Runs& runs)
{
    std::string text;
    for (const RunRecord* run : runs) {
        if (!text.empty())
            text += '\n';
        if (runs.size() > 1)
            text += kernelsName(*run) + ": ";
        text += fastestSentence(*run);
    }
    return text;
}

std::vector<std::string> kernelsRemarks(const Runs& runs)
{
    std::vector<std::string> all;
    const auto add = [&](std::string text) {
        if (!text.empty() && std::ranges::find(all, text) == all.end())
            all.push_back(std::move(text));
    };
    for (const RunRecord* run : runs) {
        const std::string families = familiesSentence(*run);
        add(runs.size() > 1 && !families.empty() ? versionTick(*run) + ": " + families : families);
    }
    for (const RunRecord* run : runs)
        for (const std::string& note : run->result.notes)
            add(note);
    return all;
}

std::vector<figure::Figure> kernelsFigures(const Runs& runs, const State& state)
{
    Runs sound;
    std::ranges::copy_if(runs, std::back_inserter(sound),
                         [](const RunRecord* run) { return isKernelsRun(*run); });
    std::vector<figure::Figure> all;
    if (!sound.empty())
        all = {timesFigure(sound, state), ratesFigure(sound, state)};
    std::erase_if(all, [](const figure::Figure& each) { return each.bars.empty(); });
    return all;
}

} // namespace vitrine::quantization_plugin
