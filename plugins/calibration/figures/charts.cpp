#include "core/base/format.h"
#include "core/base/json.h"
#include "plugins/calibration/figures/state.h"
#include "plugins/calibration/figures/study.h"

#include <algorithm>
#include <cmath>

// Charts of measured runs: what is right how often, with the interval and the band of chance.
namespace vitrine::calibration_plugin
{
namespace
{

constexpr double kCap = 0.12;
constexpr std::size_t kMostChartHeads = 48;

figure::Bars bar(std::string name, int colour, double width)
{
    figure::Bars bars;
    bars.name = std::move(name);
    bars.colour = colour;
    bars.width = width;
    return bars;
}

void addBand(figure::Figure& figure, const Share& control, const std::string& name)
{
    if (!control.hasInterval())
        return;
    figure::Span band;
    band.name = name;
    band.from = control.low;
    band.to = control.high;
    figure.spans.push_back(band);
    if (!control.known())
        return;
    figure::Span line;
    line.from = line.to = control.value;
    figure.spans.push_back(line);
}

// The parameter's value for ordering and for the axis; NaN where the run has none.
double ablatedValue(const RunRecord& run, const std::string& parameter)
{
    if (parameter != "heads")
        return parameterNumber(run.params, parameter, std::nan(""));
    const std::string heads = parameterText(run.params, "heads");
    if (heads.starts_with("random:"))
        return parseReal(heads.substr(7)).value_or(std::nan(""));
    return metricOf(run.result, "heads_calibrated");
}

std::string ablatedLabel(const std::string& parameter)
{
    return parameter == "heads"  ? "Heads calibrated"
           : parameter == "beta" ? "β"
           : parameter == "tau"  ? "τ"
                                 : "α";
}

struct AblationPoint {
    double x = 0;
    std::string group; // values of what else was varied: a line each
    Evaluated measured;
    double kl = 0;
};

const std::vector<std::string> kAblated = {"beta", "alpha", "tau", "heads"};

bool varies(const std::vector<const RunRecord*>& runs, const std::string& parameter)
{
    std::set<double> values;
    for (const RunRecord* run : runs)
        if (const double value = ablatedValue(*run, parameter); std::isfinite(value))
            values.insert(value);
    return values.size() > 1;
}

// Runs of other models, tasks or ways to score are no ablation of one another.
bool askTheSame(const std::vector<const RunRecord*>& runs)
{
    static const std::set<std::string> kFree = {"beta",     "alpha",     "tau",        "heads",
                                                "share",    "seed",      "threads",    "controls",
                                                "sinks_on", "sinks_off", "head_betas", "keep"};
    const auto question = [](const RunRecord& run) {
        Params params;
        for (const auto& [name, value] : run.params.all())
            if (!kFree.contains(name))
                params.set(name, value);
        return params;
    };
    const Params first = question(*runs.front());
    return std::ranges::all_of(runs, [&](const RunRecord* run) { return question(*run) == first; });
}

std::string groupOf(const RunRecord& run, const std::vector<const RunRecord*>& runs,
                    const std::string& parameter)
{
    std::string group;
    for (const std::string& other : kAblated)
        if (other != parameter && varies(runs, other))
            group += fmt::format(", {} {:g}", ablatedLabel(other), ablatedValue(run, other));
    return group;
}

figure::Series& lineOf(const std::string& group, std::vector<figure::Series>& lines)
{
    const std::string name = "ACT" + group;
    const auto found = std::ranges::find(lines, name, &figure::Series::name);
    if (found != lines.end())
        return *found;
    figure::Series line;
    line.name = name;
    line.marker = figure::Marker::circle;
    line.colour = static_cast<int>(lines.size()) % figure::kTextColour;
    return lines.emplace_back(std::move(line));
}

std::vector<AblationPoint> pointsOf(const std::vector<const RunRecord*>& runs,
                                    const std::string& parameter)
{
    std::vector<AblationPoint> points;
    for (const RunRecord* run : runs)
        if (const double x = ablatedValue(*run, parameter); std::isfinite(x))
            points.push_back({x, groupOf(*run, runs, parameter), evaluated(run->result),
                              metricOf(run->result, "kl_mean")});
    std::ranges::stable_sort(points, {}, &AblationPoint::x);
    return points;
}

} // namespace

figure::Figure accuracyBars(const std::vector<const RunRecord*>& runs, const Json& json)
{
    figure::Figure figure =
        newFigure("accuracy", "Right answers without and with calibration", runs, json);
    figure.y.label = "Accuracy";
    figure.y.minimum = 0;
    figure.x.label = "Run";
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(runs.size()) - 0.4;
    figure::Bars before = bar("baseline", figure::kMuted, 0.3), after = bar("ACT", 0, 0.3);
    std::vector<ErrorBar> errors;
    double highest = 0;
    const auto add = [&](figure::Bars& bars, double x, const Share& share) {
        if (!share.known())
            return;
        bars.position.push_back(x);
        bars.height.push_back(share.value);
        errors.push_back({x, share.low, share.high});
        highest = std::max({highest, share.value, share.hasInterval() ? share.high : 0});
    };
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const Evaluated measured = evaluated(runs[r]->result);
        const auto x = static_cast<double>(r);
        add(before, x - 0.17, measured.baseline);
        add(after, x + 0.17, measured.calibrated);
        figure.x.ticks.push_back({x, runLabel(*runs[r])});
        if (runs.size() == 1)
            addBand(figure, measured.control, "random heads of the same number");
        highest = std::max(highest, measured.control.hasInterval() ? measured.control.high : 0);
    }
    figure.y.maximum = std::min(1.0, highest * 1.15 + 1e-3);
    figure.bars = {std::move(before), std::move(after)};
    figure.series.push_back(errorBars("95 % interval (Wilson)", errors, kCap));
    figure.caption =
        "Share of items answered right, with 95 % Wilson intervals. The band spans what random "
        "head "
        "sets of the same size reach: a gain within it is no effect of the chosen heads.";
    figure.altText =
        fmt::format("Bars of accuracy without and with calibration of {} runs.", runs.size());
    return figure;
}

figure::Figure perplexityBars(const std::vector<const RunRecord*>& runs, const Json& json)
{
    figure::Figure figure =
        newFigure("perplexity", "Perplexity without and with calibration", runs, json);
    figure.y.label = "Perplexity";
    figure.y.minimum = 0;
    figure.x.label = "Run";
    figure.x.minimum = -0.6;
    figure.x.maximum = static_cast<double>(runs.size()) - 0.4;
    figure::Bars before = bar("baseline", figure::kMuted, 0.3), after = bar("ACT", 0, 0.3);
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const Evaluated measured = evaluated(runs[r]->result);
        const auto x = static_cast<double>(r);
        before.position.push_back(x - 0.17);
        before.height.push_back(measured.baselinePerplexity);
        after.position.push_back(x + 0.17);
        after.height.push_back(measured.perplexity);
        figure.x.ticks.push_back({x, runLabel(*runs[r])});
    }
    if (runs.size() == 1)
        addBand(figure,
                {metricOf(runs[0]->result, "perplexity_control"),
                 metricOf(runs[0]->result, "perplexity_control_low"),
                 metricOf(runs[0]->result, "perplexity_control_high")},
                "random heads of the same number");
    figure.bars = {std::move(before), std::move(after)};
    figure.caption = "Perplexity of the texts without and with calibration; lower is better.";
    figure.altText =
        fmt::format("Bars of perplexity without and with calibration of {} runs.", runs.size());
    return figure;
}

figure::Figure searchGains(const RunRecord& run, const Json& json)
{
    auto heads = searchedHeads(run.result);
    std::ranges::stable_sort(heads, [](const SearchedHead& a, const SearchedHead& b) {
        return a.gain > b.gain || (!std::isnan(a.gain) && std::isnan(b.gain));
    });
    heads.resize(std::min(heads.size(), kMostChartHeads));
    figure::Figure figure = newFigure("search-gains", "Gain of each head alone", {&run}, json);
    figure.x.label = "Layer.head";
    figure.y.label = "Gain in accuracy";
    figure::Bars kept = bar("kept", 0, 0.7), left = bar("not kept", figure::kMuted, 0.7);
    std::vector<ErrorBar> errors;
    for (std::size_t i = 0; i < heads.size(); ++i) {
        const auto x = static_cast<double>(i);
        figure.x.ticks.push_back({x, headText(heads[i].id)});
        figure::Bars& bars = heads[i].kept ? kept : left;
        bars.position.push_back(x);
        bars.height.push_back(heads[i].gain);
        errors.push_back({x, heads[i].low, heads[i].high});
    }
    figure.x.minimum = -0.6;
    figure.x.maximum = std::max(static_cast<double>(heads.size()) - 0.4, 0.6);
    for (figure::Bars* bars : {&kept, &left})
        if (!bars->position.empty())
            figure.bars.push_back(std::move(*bars));
    figure.series.push_back(errorBars("95 % interval", errors, 0.3));
    figure::Span zero;
    figure.spans.push_back(zero);
    addBand(figure, searched(run.result).control, "random sets of as many heads, held-out half");
    figure.caption = fmt::format(
        "Change of the share of right answers when only this head is calibrated, on the searching "
        "half of the pool, with its 95 % interval; {} of {} heads, best first. These gains chose "
        "the heads and are therefore too good; the held-out half is the measure.",
        heads.size(), searchedHeads(run.result).size());
    figure.altText =
        fmt::format("Bars of the accuracy gain of {} heads with intervals.", heads.size());
    return figure;
}

figure::Figure searchMatrix(const RunRecord& run, const Json& json)
{
    const auto heads = searchedHeads(run.result);
    figure::Figure figure = newFigure("search-matrix", "Gain of each head alone", {&run}, json);
    figure.x.label = "Head";
    figure.y.label = "Layer";
    figure.y.reversed = true;
    figure.equalAspect = true;
    std::vector<int> layers;
    int across = 0;
    double largest = 1e-9;
    for (const SearchedHead& head : heads) {
        if (layers.empty() || layers.back() != head.id.layer)
            layers.push_back(head.id.layer);
        across = std::max(across, head.id.head + 1);
        if (std::isfinite(head.gain))
            largest = std::max(largest, std::abs(head.gain));
    }
    figure::Grid grid;
    grid.name = "gain in accuracy";
    grid.rows = static_cast<std::int64_t>(layers.size());
    grid.columns = across;
    grid.map = figure::ColourMap::difference;
    grid.minimum = -largest;
    grid.maximum = largest;
    grid.values.assign(layers.size() * static_cast<std::size_t>(across), std::nanf(""));
    for (const SearchedHead& head : heads) {
        const auto row = std::ranges::find(layers, head.id.layer) - layers.begin();
        grid.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(across) +
                    static_cast<std::size_t>(head.id.head)] = static_cast<float>(head.gain);
        if (head.kept)
            figure.annotations.push_back({"●", static_cast<double>(head.id.head),
                                          static_cast<double>(row), figure::kTextColour});
    }
    for (int head = 0; head < across; ++head)
        figure.x.ticks.push_back({static_cast<double>(head), std::to_string(head)});
    for (std::size_t row = 0; row < layers.size(); ++row)
        figure.y.ticks.push_back({static_cast<double>(row), std::to_string(layers[row])});
    figure.grids.push_back(std::move(grid));
    figure.caption =
        "Gain of each head alone on the searching half; a dot marks the heads that were kept.";
    figure.altText =
        fmt::format("Grid of {} layers by {} heads, coloured by gain.", layers.size(), across);
    return figure;
}

std::string ablatedParameter(const std::vector<const RunRecord*>& runs)
{
    if (runs.size() < 2 || !askTheSame(runs))
        return {};
    for (const std::string& parameter : kAblated)
        if (varies(runs, parameter))
            return parameter;
    return {};
}

figure::Figure ablation(const std::vector<const RunRecord*>& runs, const Json& json)
{
    const std::string parameter = ablatedParameter(runs);
    const auto points = pointsOf(runs, parameter);
    const bool answers = std::ranges::any_of(
        points, [](const AblationPoint& point) { return point.measured.calibrated.known(); });
    const bool texts = !answers && std::ranges::any_of(points, [](const AblationPoint& point) {
        return std::isfinite(point.measured.perplexity) && std::isnan(point.kl);
    });
    figure::Figure figure =
        newFigure("ablation", "Ablation over " + ablatedLabel(parameter), runs, json);
    figure.x.label = ablatedLabel(parameter);
    figure.y.label = answers ? "Accuracy" : texts ? "Perplexity" : "KL, mean";
    figure.y.unit = answers || texts ? "" : "nat";
    std::vector<figure::Series> with; // one for each group, in order of appearance
    figure::Series without;
    without.name = "baseline";
    without.colour = figure::kMuted;
    without.line = figure::Line::dash;
    std::vector<ErrorBar> errors;
    const double width = points.empty() ? 0 : (points.back().x - points.front().x) * 0.02;
    for (const AblationPoint& point : points) {
        const Evaluated& measured = point.measured;
        without.x.push_back(point.x);
        figure::Series& line = lineOf(point.group, with);
        line.x.push_back(point.x);
        line.y.push_back(answers ? measured.calibrated.value
                         : texts ? measured.perplexity
                                 : point.kl);
        without.y.push_back(answers ? measured.baseline.value
                            : texts ? measured.baselinePerplexity
                                    : 0);
        if (answers)
            errors.push_back({point.x, measured.calibrated.low, measured.calibrated.high});
    }
    figure.series = {std::move(without)};
    std::ranges::move(with, std::back_inserter(figure.series));
    if (answers) {
        figure.series.push_back(errorBars("95 % interval (Wilson)", errors, width));
        Share band{std::nan(""), 1, 0};
        for (const AblationPoint& point : points)
            if (point.measured.control.hasInterval()) {
                band.low = std::min(band.low, point.measured.control.low);
                band.high = std::max(band.high, point.measured.control.high);
            }
        if (band.low <= band.high)
            addBand(figure, band, "random heads, all runs");
    }
    figure.caption =
        fmt::format("{} runs that differ in {}.", points.size(), ablatedLabel(parameter));
    figure.altText = fmt::format("Line plot of {} over {} of {} runs.", figure.y.label,
                                 figure.x.label, points.size());
    return figure;
}

} // namespace vitrine::calibration_plugin
