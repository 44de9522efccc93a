#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/vision_answers.h"
#include "plugins/quantization/figures/vision_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr double kSignificant = 0.05;

std::string chanceText(double p)
{
    return p < 0.001 ? "p < 0.001" : fmt::format("p = {}", significant(p, 2));
}

std::string singleSentence(const RunRecord& run)
{
    const RunResult& result = run.result;
    return fmt::format("{} names {} of {} pictures of {} rightly (95 % interval: {:.1f} to "
                       "{:.1f} %).",
                       shortModelName(run, "model"), accuracyPercent(metricOf(result, "accuracy")),
                       pictureCount(metricOf(result, "pictures")), judgedData(run),
                       100 * metricOf(result, "accuracy_low"),
                       100 * metricOf(result, "accuracy_high"));
}

std::string pairedSentence(const RunRecord& run)
{
    const RunResult& result = run.result;
    const std::string first = evaluatedModel(run, "model"), second = evaluatedModel(run, "second");
    const double accuracy = metricOf(result, "accuracy"),
                 other = metricOf(result, "accuracy_second"), p = metricOf(result, "p_value"),
                 difference = metricOf(result, "difference");
    const std::string on = fmt::format("on {} pictures of {}",
                                       pictureCount(metricOf(result, "pictures")), judgedData(run));
    if (!(p < kSignificant))
        return fmt::format("{} ({}) and {} ({}) cannot be told apart {}: McNemar's {}.", first,
                           accuracyPercent(accuracy), second, accuracyPercent(other), on,
                           chanceText(p));
    const bool isSecond = difference > 0;
    // The interval is that of the second less the first.
    const double low = metricOf(result, "difference_low"),
                 high = metricOf(result, "difference_high");
    const auto points = [](double share) {
        return withTrueMinus(fmt::format("{:.1f}", 100 * share));
    };
    return fmt::format(
        "{} is better than {} {}: {} against {}, {} points more (95 %: {} to {}; McNemar's "
        "{}).",
        isSecond ? second : first, isSecond ? first : second, on,
        accuracyPercent(isSecond ? other : accuracy), accuracyPercent(isSecond ? accuracy : other),
        points(std::abs(difference)), points(isSecond ? low : -high),
        points(isSecond ? high : -low), chanceText(p));
}

std::string mostConfused(const RunRecord& run)
{
    const CountedAnswers counted = countedAnswers(run);
    std::size_t label = 0, answer = 0;
    double most = 0;
    for (std::size_t l = 0; l < counted.classes.size(); ++l)
        for (std::size_t a = 0; a < counted.classes.size(); ++a)
            if (l != a && counted.at(l, a) > most) {
                most = counted.at(l, a);
                label = l, answer = a;
            }
    if (most < 1)
        return {};
    return fmt::format("Most often {} calls {} {}: {} of {} pictures.",
                       evaluatedModel(run, "model"), counted.classes[label],
                       counted.classes[answer], pictureCount(most),
                       pictureCount(counted.ofLabel(label)));
}

std::string confidenceSentence(const RunRecord& run)
{
    const auto probability = columnNumbers(run.result, "calibration", "probability"),
               right = columnNumbers(run.result, "calibration", "right"),
               answers = columnNumbers(run.result, "calibration", "answers");
    double said = 0, done = 0, all = 0;
    for (std::size_t i = 0; i < probability.size(); ++i) {
        said += probability[i] * answers[i];
        done += right[i] * answers[i];
        all += answers[i];
    }
    const double error = metricOf(run.result, "calibration_error");
    if (!(all > 0) || !std::isfinite(said + done) || !std::isfinite(error))
        return {};
    return fmt::format("It gives its answers {} on average and is right in {}; the calibration "
                       "error is {:.1f} points.",
                       sharePercent(said / all), sharePercent(done / all), 100 * error);
}

} // namespace

bool isEvaluation(const RunRecord& run)
{
    const Table* confusion = run.result.table("confusion");
    return run.experiment == "vision.evaluate" && std::isfinite(metricOf(run.result, "accuracy")) &&
           confusion && !confusion->rows.empty();
}

std::string evaluationName(const RunRecord& run)
{
    std::string name = shortModelName(run, "model");
    if (judgesTwo(run))
        name += " and " + shortModelName(run, "second");
    name += " on " + judgedData(run);
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

std::string evaluationVerdict(const Runs& runs)
{
    std::string text;
    for (const RunRecord* run : runs) {
        if (!text.empty())
            text += '\n';
        if (runs.size() > 1 && run->number > 0)
            text += fmt::format("#{}: ", run->number);
        text += judgesTwo(*run) ? pairedSentence(*run) : singleSentence(*run);
    }
    return text;
}

std::vector<std::string> evaluationRemarks(const Runs& runs)
{
    std::vector<std::string> all;
    const auto add = [&](std::string text) {
        if (!text.empty() && std::ranges::find(all, text) == all.end())
            all.push_back(std::move(text));
    };
    for (const RunRecord* run : runs) {
        const std::string number =
            runs.size() > 1 && run->number > 0 ? fmt::format("#{}: ", run->number) : "";
        std::string said = mostConfused(*run);
        if (const std::string more = confidenceSentence(*run); !more.empty())
            said += (said.empty() ? "" : " ") + more;
        add(said.empty() ? said : number + said);
    }
    for (const RunRecord* run : runs)
        for (const std::string& note : run->result.notes)
            add(note);
    return all;
}

} // namespace vitrine::quantization_plugin
