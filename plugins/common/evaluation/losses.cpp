#include "core/base/number_text.h"
#include "plugins/common/evaluation/evaluation.h"
#include "plugins/common/evaluation/verdict.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vitrine::evaluation
{
namespace
{

constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

double meanOfControls(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> lossesOf(const std::vector<Answer>& windows)
{
    std::vector<double> losses;
    for (const auto& window : windows)
        losses.push_back(window.loss);
    return losses;
}

Table windowTable(const std::vector<double>& before, const std::vector<double>& after,
                  const ChangeWords& words)
{
    Table table{
        "items",
        {{"item", "1", {}, "Window, from 0"},
         {"baseline", "nat", {}, "Mean -ln p per token by the model as it is"},
         {words.column, "nat", {}, "The same " + words.with},
         {"flip", "", {}, fmt::format("gained: lower loss with {}; lost: higher", words.noun)}},
        {}};
    for (std::size_t i = 0; i < before.size(); ++i)
        table.rows.push_back({static_cast<std::int64_t>(i), before[i], after[i],
                              std::string(after[i] < before[i]   ? "gained"
                                          : after[i] > before[i] ? "lost"
                                                                 : "")});
    return table;
}

} // namespace

void addLosses(const Evaluation& evaluation, const ChangeWords& words, std::uint64_t seed,
               RunResult& out)
{
    const std::vector<double> before = lossesOf(evaluation.before),
                              after = lossesOf(evaluation.after);
    std::vector<double> differences, controls;
    PairedCounts signs;
    for (std::size_t i = 0; i < before.size(); ++i) {
        differences.push_back(after[i] - before[i]);
        signs.gained += after[i] < before[i] ? 1 : 0;
        signs.lost += after[i] > before[i] ? 1 : 0;
    }
    for (const auto& control : evaluation.controls)
        controls.push_back(std::exp(meanOfControls(lossesOf(control))));
    std::ranges::sort(controls);
    const double difference = meanOfControls(differences);
    const Interval interval = bootstrapMean(differences, seed);
    for (Metric metric : {
             metricOf("items", static_cast<double>(before.size()), "Windows"),
             metricOf("perplexity", std::exp(meanOfControls(after)),
                      "exp of the mean loss, " + words.with),
             metricOf("baseline_perplexity", std::exp(meanOfControls(before)),
                      "exp of the mean loss of the model as it is"),
             metricOf("difference", difference,
                      fmt::format("Mean loss with {} less the model as it is; below 0 is better",
                                  words.noun),
                      "nat"),
             metricOf("difference_low", interval.low, "95 % paired bootstrap over windows", "nat"),
             metricOf("difference_high", interval.high, "95 % paired bootstrap over windows",
                      "nat"),
             metricOf("p_value", mcnemarExact(signs), "Exact two-sided sign test over windows"),
             metricOf("perplexity_control", controls.empty() ? kNoValue : meanOfControls(controls),
                      "Mean over random " + words.sets),
             metricOf("perplexity_control_low", controls.empty() ? kNoValue : controls.front(),
                      "Least of the random sets"),
             metricOf("perplexity_control_high", controls.empty() ? kNoValue : controls.back(),
                      "Largest of the random sets"),
         })
        out.metrics.push_back(std::move(metric));
    out.tables.push_back(windowTable(before, after, words));
    const char* verdict = interval.high < 0  ? "lowers the loss"
                          : interval.low > 0 ? "raises the loss"
                                             : "shows no difference: the interval contains 0";
    out.notes.push_back(fmt::format("{} {}. Perplexity {:.4g} before, {:.4g} after; difference {} "
                                    "nat per token, 95 % interval {} to {} over {} windows.",
                                    words.act, verdict, std::exp(meanOfControls(before)),
                                    std::exp(meanOfControls(after)), signedText(difference, 4),
                                    signedText(interval.low, 4), signedText(interval.high, 4),
                                    before.size()));
}

} // namespace vitrine::evaluation
