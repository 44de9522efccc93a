#include "plugins/quantization/figures/vision_compared.h"

#include "core/base/number_text.h"
#include "core/base/statistics.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/runs_drawing.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_drawing.h"
#include "plugins/quantization/figures/vision_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

// A model of a run, as legends and axes name it among those of other runs.
struct JudgedModel {
    const RunRecord* run = nullptr;
    bool isSecond = false;
    std::string name;
    int colour = 0;
};

// Colours are those of the runs, where each run has one model.
std::vector<JudgedModel> modelsIn(const Runs& runs, const State& state)
{
    const auto looks = looksOf(runs, state);
    const bool isOneEach =
        std::ranges::none_of(runs, [](const RunRecord* r) { return judgesTwo(*r); });
    std::vector<JudgedModel> models;
    for (std::size_t place = 0; place < runs.size(); ++place) {
        const RunRecord& run = *runs[place];
        const std::string number =
            runs.size() > 1 && run.number > 0 ? fmt::format("#{} ", run.number) : "";
        const auto add = [&](const char* parameter, bool isSecond) {
            const int next = static_cast<int>(models.size()) % figure::kRunColours;
            models.push_back({&run, isSecond, number + evaluatedModel(run, parameter),
                              isOneEach && runs.size() > 1 ? looks[place].colour : next});
        };
        add("model", false);
        if (judgesTwo(run))
            add("second", true);
    }
    return models;
}

figure::Figure startedOfAll(const char* name, std::string title, const Runs& runs,
                            const State& state)
{
    figure::Figure figure = startedOf(name, std::move(title), *runs.front(), state);
    figure.recipe.runs.clear();
    for (const RunRecord* run : runs)
        figure.recipe.runs.push_back(run->uid);
    return figure;
}

// How often answers are right by their probability.
struct Curve {
    figure::Series line, interval;
    figure::Bars shares;
};

Curve curveOf(const RunRecord& run)
{
    const auto column = [&](const char* name) {
        return columnNumbers(run.result, "calibration", name);
    };
    const auto probability = column("probability"), right = column("right"),
               answers = column("answers"), low = column("low"), high = column("high");
    double all = 0;
    for (const double number : answers)
        all += number > 0 ? number : 0;
    Curve curve;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        const auto number = wholeWithin(answers[i], 1, kMostPictures);
        if (!number || !std::isfinite(probability[i]) || !(right[i] >= 0 && right[i] <= 1))
            continue;
        const std::string said =
            fmt::format("{} answers, {} right", wholeText(*number), sharePercent(right[i]));
        curve.line.x.push_back(probability[i]);
        curve.line.y.push_back(right[i]);
        curve.line.labels.push_back(said);
        const Interval around =
            wilsonInterval(std::llround(right[i] * static_cast<double>(*number)), *number);
        for (const double y : {around.low, around.high, std::nan("")}) {
            curve.interval.x.push_back(probability[i]);
            curve.interval.y.push_back(y);
        }
        if (high[i] > low[i]) {
            curve.shares.width = high[i] - low[i];
            curve.shares.position.push_back((low[i] + high[i]) / 2);
            curve.shares.height.push_back(answers[i] / all);
            curve.shares.labels.push_back(said);
        }
    }
    return curve;
}

figure::Series diagonal()
{
    figure::Series line;
    line.name = "as often as said", line.colour = figure::kMuted;
    line.line = figure::Line::dash;
    line.x = line.y = {0, 1};
    return line;
}

std::string calibrationTitle(const Runs& runs)
{
    if (runs.size() > 1)
        return "Can their probabilities be believed?";
    return fmt::format("Can its probabilities be believed? Calibration error {:.1f} points",
                       100 * metricOf(runs.front()->result, "calibration_error"));
}

// Percent of each of these classes that the model names rightly; empty where the run has others.
std::vector<double> rightShares(const JudgedModel& model, const std::vector<std::string>& classes)
{
    if (columnTexts(model.run->result, "classes", "class") != classes)
        return {};
    const auto pictures = columnNumbers(model.run->result, "classes", "pictures");
    std::vector<double> shares =
        columnNumbers(model.run->result, "classes", model.isSecond ? "right_second" : "right");
    for (std::size_t i = 0; i < shares.size(); ++i)
        shares[i] = pictures[i] > 0 ? 100 * shares[i] / pictures[i] : std::nan("");
    return shares;
}

} // namespace

figure::Figure accuracyFigure(const Runs& runs, const State& state)
{
    figure::Figure figure = startedOfAll("vision-accuracy", "How often each is right", runs, state);
    figure.caption = "Share of the pictures that each model names rightly, with Wilson's interval "
                     "of 95 %. Only on the same pictures do two of them compare.";
    figure.altText = "A bar with an interval for each model of each run.";
    figure.x.label = "Right", figure.x.unit = "%";
    figure.x.minimum = 0, figure.x.maximum = 100;
    figure.y.reversed = true;
    figure.legend = false;
    if (runs.size() < 2)
        return figure;
    figure::Series interval;
    interval.colour = figure::kTextColour, interval.width = 1.5;
    std::vector<std::string> names;
    for (const JudgedModel& model : modelsIn(runs, state)) {
        const double accuracy =
            metricOf(model.run->result, model.isSecond ? "accuracy_second" : "accuracy");
        const auto pictures =
            wholeWithin(metricOf(model.run->result, "pictures"), 1, kMostPictures);
        if (!pictures || !(accuracy >= 0 && accuracy <= 1))
            continue;
        const auto place = static_cast<double>(names.size());
        names.push_back(fmt::format("{}, {}", model.name, judgedData(*model.run)));
        figure::Bars bar;
        bar.horizontal = true, bar.colour = model.colour, bar.width = 0.6;
        bar.position = {place}, bar.height = {100 * accuracy};
        bar.labels = {fmt::format("{}: {} of {} pictures", names.back(), accuracyPercent(accuracy),
                                  wholeText(*pictures))};
        figure.bars.push_back(std::move(bar));
        const Interval around =
            wilsonInterval(std::llround(accuracy * static_cast<double>(*pictures)), *pictures);
        for (const double x : {100 * around.low, 100 * around.high})
            interval.x.push_back(x), interval.y.push_back(place);
        interval.x.push_back(100 * around.high), interval.y.push_back(std::nan(""));
    }
    figure.y.ticks = ticksOf(names);
    figure.height = std::clamp(24 + 8 * static_cast<double>(names.size()), 40.0, 200.0);
    figure.series = {std::move(interval)};
    return figure;
}

figure::Figure calibrationFigure(const Runs& runs, const RunRecord& selected, const State& state)
{
    figure::Figure figure = startedOfAll("vision-calibration", calibrationTitle(runs), runs, state);
    figure.caption = fmt::format(
        "Answers by the probability that they were given with (15 equal parts): how often they "
        "are right, with Wilson's interval of 95 %{}. On the dashed line a model is right as "
        "often as it says. Bars: share of all answers{}. The error is the mean distance from the "
        "line, weighed by answers (Guo et al. 2017).",
        runs.size() > 1 ? fmt::format(" of #{}", selected.number) : "",
        runs.size() > 1 ? fmt::format(" of #{}", selected.number) : "");
    figure.altText = "Share of right answers over their probability, with bars of how many.";
    figure.x.label = "Probability of the answer", figure.y.label = "Right";
    figure.x.minimum = figure.y.minimum = 0;
    figure.x.maximum = figure.y.maximum = 1;
    figure.series.push_back(diagonal());
    for (const JudgedModel& model : modelsIn(runs, state)) {
        if (model.isSecond)
            continue; // the run keeps the probabilities of its first model
        Curve curve = curveOf(*model.run);
        if (model.run == &selected) {
            curve.interval.name = "95 %", curve.interval.width = 1;
            curve.interval.colour = model.colour;
            curve.shares.name = "share of answers", curve.shares.colour = figure::kMuted;
            figure.bars = {std::move(curve.shares)};
            figure.series.push_back(std::move(curve.interval));
        }
        curve.line.name = runs.size() > 1
                              ? fmt::format("{}, error {:.1f} points", model.name,
                                            100 * metricOf(model.run->result, "calibration_error"))
                              : "right";
        curve.line.marker = figure::Marker::circle;
        curve.line.colour = model.colour;
        figure.series.push_back(std::move(curve.line));
    }
    return figure;
}

figure::Figure classesFigure(const Runs& runs, const State& state)
{
    figure::Figure figure = startedOfAll("vision-classes", "Right by class", runs, state);
    const auto classes = columnTexts(runs.front()->result, "classes", "class");
    std::vector<ClassGroup> groups;
    std::size_t others = 0;
    for (const JudgedModel& model : modelsIn(runs, state))
        if (std::vector<double> shares = rightShares(model, classes); shares.empty())
            ++others;
        else
            groups.push_back({model.name, std::move(shares), model.colour});
    figure.caption = "Share of the pictures of each class that were named rightly.";
    if (others > 0 && !groups.empty())
        figure.caption +=
            fmt::format(" Left out, as their classes are others: {} of the models.", others);
    figure.altText = "A bar for each class.";
    figure.x.label = "Right", figure.x.unit = "%";
    figure.legend = groups.size() > 1;
    if (!groups.empty() && !classes.empty() && classes.size() <= kMostClasses)
        addClassBars(figure, classes, groups);
    figure.x.minimum = 0, figure.x.maximum = 100;
    return figure;
}

} // namespace vitrine::quantization_plugin
