#include "core/base/format.h"
#include "core/base/number_text.h"
#include "plugins/calibration/figures/figures.h"
#include "plugins/calibration/figures/study.h"

#include <cmath>

// Sentences about measured runs. They claim no more than the interval allows.
namespace vitrine::calibration_plugin
{
namespace
{

std::string percent(double share)
{
    return fmt::format("{:.1f} %", share * 100);
}

std::string signedPoints(double difference) // "+1.2"
{
    return signedText(100 * difference, 1);
}

std::string pText(double p)
{
    return p < 0.001 ? std::string("p < 0.001") : fmt::format("p = {:.3f}", p);
}

// Helps, hurts, or nothing that can be told, by the interval of the paired difference; more is
// better, or less.
std::string judgement(const Share& difference, bool moreIsBetter)
{
    if (!difference.hasInterval())
        return "With ACT";
    if (difference.low > 0)
        return moreIsBetter ? "ACT helps here" : "ACT hurts here";
    if (difference.high < 0)
        return moreIsBetter ? "ACT hurts here" : "ACT helps here";
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

std::string headlineOnAnswers(const Evaluated& measured)
{
    std::string text = fmt::format(
        "{}: {} of the items right with ACT, {} without", judgement(measured.difference, true),
        percent(measured.calibrated.value), percent(measured.baseline.value));
    if (measured.difference.hasInterval())
        text += fmt::format("; a difference of {} points, 95 % interval {} to {}",
                            signedPoints(measured.difference.value),
                            signedPoints(measured.difference.low),
                            signedPoints(measured.difference.high));
    return text + ".";
}

std::string detailsOnAnswers(const Evaluated& measured)
{
    std::string text;
    if (std::isfinite(measured.items))
        text =
            fmt::format("Of {} items {} were gained and {} lost.", significant(measured.items, 9),
                        significant(measured.gained, 9), significant(measured.lost, 9));
    if (std::isfinite(measured.pValue))
        text += fmt::format(" McNemar {}.", pText(measured.pValue));
    return text + againstControl(measured);
}

std::string headlineOnTexts(const Evaluated& measured)
{
    std::string text = fmt::format(
        "{}: perplexity {} with ACT, {} without", judgement(measured.difference, false),
        significant(measured.perplexity, 4), significant(measured.baselinePerplexity, 4));
    if (measured.difference.hasInterval())
        text += fmt::format("; a difference of {} nat per token, 95 % interval {} to {}",
                            significant(measured.difference.value, 3),
                            significant(measured.difference.low, 3),
                            significant(measured.difference.high, 3));
    return text + ".";
}

std::string headlineOnSearch(const Searched& found)
{
    if (found.kept == 0)
        return "No head alone beat the model as it is on the searching half: the list is empty, "
               "and "
               "nothing is calibrated with it.";
    std::string text = fmt::format("{} heads kept. On the held-out half, which chose nothing: {} "
                                   "right with them, {} without ({} points",
                                   significant(found.kept, 6), percent(found.after),
                                   percent(found.before), signedPoints(found.difference.value));
    if (found.difference.hasInterval())
        text += fmt::format(", 95 % interval {} to {}", signedPoints(found.difference.low),
                            signedPoints(found.difference.high));
    text += ").";
    if (found.difference.hasInterval() && found.difference.low <= 0 && found.difference.high >= 0)
        text += " The interval contains 0: no gain is shown.";
    return text;
}

std::string detailsOnSearch(const Searched& found)
{
    if (found.kept == 0 || !found.control.hasInterval())
        return {};
    const bool above = found.difference.value > found.control.high;
    return fmt::format("Random sets of as many heads change it by {} to {} points: {}.",
                       signedPoints(found.control.low), signedPoints(found.control.high),
                       above ? "the search found more than chance"
                             : "the search found no more than chance");
}

} // namespace

std::string headline(const RunRecord& run)
{
    if (run.experiment == "calibration.search")
        return headlineOnSearch(searched(run.result));
    const Evaluated measured = evaluated(run.result);
    if (measured.calibrated.known())
        return headlineOnAnswers(measured);
    if (std::isfinite(measured.perplexity) && std::isfinite(measured.baselinePerplexity))
        return headlineOnTexts(measured);
    if (run.experiment == "calibration.apply")
        return fmt::format("{} columns shrunk, {} rows changed; {} of weight moved.",
                           significant(metricOf(run.result, "sinks"), 6),
                           significant(metricOf(run.result, "rows_modified"), 9),
                           significant(metricOf(run.result, "mass_moved"), 4));
    return {};
}

std::string details(const RunRecord& run)
{
    if (run.experiment == "calibration.search")
        return detailsOnSearch(searched(run.result));
    const Evaluated measured = evaluated(run.result);
    return measured.calibrated.known() ? detailsOnAnswers(measured) : std::string();
}

std::string verdict(const RunRecord& run)
{
    const std::string more = details(run);
    return more.empty() ? headline(run) : headline(run) + " " + more;
}

} // namespace vitrine::calibration_plugin
