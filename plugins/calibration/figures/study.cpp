#include "plugins/calibration/figures/study.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

namespace vitrine::calibration_plugin
{
namespace
{

double firstMetric(const RunResult& result, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
        if (const Metric* metric = result.metric(name))
            return metric->value;
    return std::nan("");
}

double firstNumber(const RowReader& row, std::initializer_list<std::string_view> names)
{
    for (const std::string_view name : names)
        if (const double value = row.number(name, std::nan("")); !std::isnan(value))
            return value;
    return std::nan("");
}

// What became of each item: right where an answer is the gold one.
std::optional<PairedCounts> countItems(const RunResult& result)
{
    const Table* items = result.table("items");
    if (!items || items->rows.empty() || items->column("gold") < 0 ||
        items->column("baseline") < 0 || items->column("calibrated") < 0)
        return std::nullopt;
    PairedCounts counts;
    for (std::size_t i = 0; i < items->rows.size(); ++i) {
        const RowReader row(*items, i);
        const bool before = row.cell("baseline") == row.cell("gold");
        const bool after = row.cell("calibrated") == row.cell("gold");
        ++(before  ? after ? counts.bothRight : counts.lost
           : after ? counts.gained
                   : counts.bothWrong);
    }
    return counts;
}

Share shareText(const RunResult& result, const std::string& name)
{
    return {metricOf(result, name), metricOf(result, name + "_low"),
            metricOf(result, name + "_high")};
}

void complete(Share& share, double value, const Interval& interval)
{
    if (!share.known())
        share.value = value;
    if (!share.hasInterval()) {
        share.low = interval.low;
        share.high = interval.high;
    }
}

// What the metrics leave out follows from the items.
void complete(Evaluated& all, const PairedCounts& counts)
{
    const auto items = static_cast<double>(counts.items());
    const std::int64_t right = counts.bothRight + counts.lost;
    complete(all.baseline, static_cast<double>(right) / items,
             wilsonInterval(right, counts.items()));
    complete(all.difference, counts.difference(), pairedDifferenceInterval(counts));
    if (std::isnan(all.pValue))
        all.pValue = mcnemarExact(counts);
    if (std::isnan(all.items)) {
        all.items = items;
        all.gained = static_cast<double>(counts.gained);
        all.lost = static_cast<double>(counts.lost);
    }
}

} // namespace

bool Share::known() const
{
    return std::isfinite(value);
}

bool Share::hasInterval() const
{
    return std::isfinite(low) && std::isfinite(high);
}

Evaluated evaluated(const RunResult& result)
{
    Evaluated all;
    all.calibrated = shareText(result, "accuracy");
    all.baseline = shareText(result, "baseline_accuracy");
    all.control = shareText(result, "accuracy_control");
    all.pValue = metricOf(result, "p_value");
    all.perplexity = metricOf(result, "perplexity");
    all.baselinePerplexity = metricOf(result, "baseline_perplexity");
    all.difference = shareText(result, "difference");
    all.gained = metricOf(result, "gained");
    all.lost = metricOf(result, "lost");
    all.items = metricOf(result, "items");
    if (const auto counts = countItems(result))
        complete(all, *counts);
    return all;
}

std::vector<SearchedHead> searchedHeads(const RunResult& result)
{
    std::vector<SearchedHead> heads;
    const Table* table = result.table("heads");
    for (std::size_t i = 0; table && i < table->rows.size(); ++i) {
        const RowReader row(*table, i);
        SearchedHead head;
        if (const auto id = headOf(row))
            head.id = *id;
        else
            continue;
        head.gain = row.number("gain", std::nan(""));
        head.low = firstNumber(row, {"gain_low", "low"});
        head.high = firstNumber(row, {"gain_high", "high"});
        head.kept = row.flag("kept");
        head.stopped = row.flag("stopped");
        heads.push_back(head);
    }
    std::ranges::sort(heads, {}, &SearchedHead::id);
    return heads;
}

Searched searched(const RunResult& result)
{
    Searched all;
    all.before = metricOf(result, "accuracy_before");
    all.after = metricOf(result, "accuracy_after");
    all.difference = {all.after - all.before, firstMetric(result, {"gain_low", "difference_low"}),
                      firstMetric(result, {"gain_high", "difference_high"})};
    all.control = {firstMetric(result, {"gain_control", "accuracy_control"}),
                   firstMetric(result, {"gain_control_low", "accuracy_control_low"}),
                   firstMetric(result, {"gain_control_high", "accuracy_control_high"})};
    if (result.metric("accuracy_control") && !result.metric("gain_control"))
        for (double* value : {&all.control.value, &all.control.low, &all.control.high})
            *value -= all.before;
    all.kept = metricOf(result, "heads_kept");
    return all;
}

} // namespace vitrine::calibration_plugin
