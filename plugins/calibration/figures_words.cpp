#include "core/base/format.h"
#include "plugins/calibration/figures.h"
#include "plugins/calibration/figures_study.h"

#include <cmath>

// Sentences about measured runs. They claim no more than the interval allows.
namespace vitrine::calibration
{
namespace
{

std::string percent(double share)
{
    return fmt::format("{:.1f} %", share * 100);
}

// "+1.2 points", with a true minus sign.
std::string points(double difference)
{
    return fmt::format("{}{:.1f}", difference < 0 ? "−" : "+", std::abs(difference * 100));
}

std::string pText(double p)
{
    return p < 0.001 ? std::string("p < 0.001") : fmt::format("p = {:.3f}", p);
}

// Helps, hurts, or nothing that can be told, by the interval of the paired difference.
std::string judgement(const Interval& interval)
{
    if (interval.low > 0)
        return "ACT helps here";
    if (interval.high < 0)
        return "ACT hurts here";
    return "No effect that these items could show";
}

std::string againstControl(const Evaluated& measured)
{
    if (!measured.control.hasInterval() || !measured.calibrated.known())
        return {};
    const double value = measured.calibrated.value;
    const std::string band =
        fmt::format("{} to {}", percent(measured.control.low), percent(measured.control.high));
    if (value > measured.control.high)
        return fmt::format(
            " Random head sets of the same size reach {}: the chosen heads do better.", band);
    if (value < measured.control.low)
        return fmt::format(
            " Random head sets of the same size reach {}: the chosen heads do worse.", band);
    return fmt::format(
        " Random head sets of the same size reach {}: the chosen heads are no better than chance.",
        band);
}

std::string verdictOnAnswers(const Evaluated& measured)
{
    const std::string values =
        fmt::format("{} of the items right with ACT, {} without",
                    percent(measured.calibrated.value), percent(measured.baseline.value));
    if (!measured.counts || measured.counts->items() == 0)
        return fmt::format("{}.{}", values, againstControl(measured));
    const Interval interval = pairedDifferenceInterval(*measured.counts);
    const double p =
        std::isfinite(measured.pValue) ? measured.pValue : mcnemarExact(*measured.counts);
    return fmt::format("{}: {}, a difference of {} points (95 % interval {} to {}, McNemar {}; {} "
                       "of {} items gained, "
                       "{} lost).{}",
                       judgement(interval), values, points(measured.counts->difference()),
                       points(interval.low), points(interval.high), pText(p),
                       measured.counts->gained, measured.counts->items(), measured.counts->lost,
                       againstControl(measured));
}

std::string verdictOnTexts(const Evaluated& measured)
{
    const double ratio = measured.perplexity / measured.baselinePerplexity - 1;
    return fmt::format(
        "Perplexity {} with ACT, {} without ({}{:.2f} %): {}.", significant(measured.perplexity, 4),
        significant(measured.baselinePerplexity, 4), ratio < 0 ? "−" : "+", std::abs(ratio) * 100,
        ratio < 0   ? "the texts are predicted better"
        : ratio > 0 ? "the texts are predicted worse"
                    : "no change");
}

std::string verdictOnSearch(const RunResult& result)
{
    const Searched found = searched(result);
    if (found.kept == 0)
        return "No head alone beat the model as it is on the searching half: the list is empty, "
               "and nothing is "
               "calibrated with it.";
    std::string text = fmt::format(
        "{} heads kept. On the held-out half, which chose nothing: {} right with them, {} "
        "without ({} points",
        significant(found.kept, 6), percent(found.after), percent(found.before),
        points(found.difference.value));
    if (found.difference.hasInterval())
        text += fmt::format(", 95 % interval {} to {}", points(found.difference.low),
                            points(found.difference.high));
    text += ").";
    if (found.difference.hasInterval() && found.difference.low <= 0 && found.difference.high >= 0)
        text += " The interval contains 0: no gain is shown.";
    if (found.control.hasInterval()) {
        const bool above = found.difference.value > found.control.high;
        text += fmt::format(" Random sets of as many heads change it by {} to {} points: {}.",
                            points(found.control.low), points(found.control.high),
                            above ? "the search found more than chance"
                                  : "the search found no more than chance");
    }
    return text;
}

} // namespace

std::string verdict(const RunRecord& run)
{
    if (run.experiment == "calibration.search")
        return verdictOnSearch(run.result);
    const Evaluated measured = evaluated(run.result);
    if (measured.calibrated.known())
        return verdictOnAnswers(measured);
    if (std::isfinite(measured.perplexity) && std::isfinite(measured.baselinePerplexity))
        return verdictOnTexts(measured);
    if (run.experiment == "calibration.apply")
        return fmt::format("{} columns shrunk, {} rows changed; {} of weight moved.",
                           significant(metricOf(run.result, "sinks"), 6),
                           significant(metricOf(run.result, "rows_modified"), 9),
                           significant(metricOf(run.result, "mass_moved"), 4));
    return {};
}

} // namespace vitrine::calibration
