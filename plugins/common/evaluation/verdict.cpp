#include "plugins/common/evaluation/verdict.h"

#include "core/base/number_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine::evaluation
{
namespace
{

double share(std::int64_t part, std::int64_t whole)
{
    return whole == 0 ? std::numeric_limits<double>::quiet_NaN()
                      : static_cast<double>(part) / static_cast<double>(whole);
}

// "+1.2", in percentage points.
std::string pointsText(double difference)
{
    return signedText(100 * difference, 1);
}

} // namespace

Verdict verdictOf(const PairedCounts& counts)
{
    return {counts, pairedDifferenceInterval(counts), mcnemarExact(counts)};
}

double before(const PairedCounts& counts)
{
    return share(counts.bothRight + counts.lost, counts.items());
}

double after(const PairedCounts& counts)
{
    return share(counts.bothRight + counts.gained, counts.items());
}

std::string verdictSentence(const Verdict& verdict, const std::string& whose)
{
    const PairedCounts& counts = verdict.counts;
    const std::string figures =
        fmt::format("{} items: {:.1f} % right before, {:.1f} % after; difference {} points, 95 % "
                    "interval {} to {} "
                    "({} gained, {} lost, exact McNemar p = {:.2g})",
                    counts.items(), 100 * before(counts), 100 * after(counts),
                    pointsText(counts.difference()), pointsText(verdict.interval.low),
                    pointsText(verdict.interval.high), counts.gained, counts.lost, verdict.pValue);
    if (counts.gained + counts.lost == 0)
        return fmt::format("{} changes no answer. {}.", whose, figures);
    if (verdict.interval.low > 0)
        return fmt::format("{} helps. {}.", whose, figures);
    if (verdict.interval.high < 0)
        return fmt::format("{} harms. {}.", whose, figures);
    return fmt::format(
        "{} shows neither gain nor harm: the interval of the difference contains 0. {}.", whose,
        figures);
}

Control controlOf(std::span<const PairedCounts> sets)
{
    Control control;
    control.sets = sets.size();
    control.mean = control.low = control.high = std::numeric_limits<double>::quiet_NaN();
    if (sets.empty())
        return control;
    std::vector<double> shares;
    double sum = 0;
    for (const PairedCounts& one : sets) {
        shares.push_back(after(one));
        sum += shares.back();
    }
    std::ranges::sort(shares);
    const auto at = [&](double where) {
        return shares[static_cast<std::size_t>(
            std::lround(where * static_cast<double>(shares.size() - 1)))];
    };
    control.mean = sum / static_cast<double>(shares.size());
    control.low = at(0.025);
    control.high = at(0.975);
    return control;
}

std::string controlSentence(const Control& control, double accuracy, const std::string& sets)
{
    const char* place = accuracy > control.high  ? "above that range"
                        : accuracy < control.low ? "below that range"
                                                 : "within that range";
    return fmt::format("{} random {} reach {:.1f} % on average, the middle 95 % of them {:.1f} to "
                       "{:.1f} %; {:.1f} % is {}.",
                       control.sets, sets, 100 * control.mean, 100 * control.low,
                       100 * control.high, 100 * accuracy, place);
}

Metric metricOf(std::string name, double value, std::string help, std::string unit)
{
    return {std::move(name), value, std::move(unit), Origin::computed, std::move(help)};
}

} // namespace vitrine::evaluation
