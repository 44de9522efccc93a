#include "plugins/calibration/experiments/tune_tables.h"

#include "core/attention/capture.h"
#include "plugins/calibration/experiments/tune_sinks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::size_t kTop = 20;

Cell countCell(std::int64_t count)
{
    return {count};
}

Table headsTable(const TunePlan& plan, const std::vector<HeadFindings>& heads)
{
    Table table{"heads",
                {{"layer", "1", {}, "Layer, counted from 0"},
                 {"head", "1", {}, "Query head, counted from 0"},
                 {"eligible", "1", {}, "1: its layer is among those that may be calibrated"},
                 {"calibrated", "1", {}, "1: the head is calibrated"},
                 {"beta", "1", {}, "What the weight on its sinks is multiplied by"},
                 {"sinks", "1", {}, "Columns of the original map that the rule flags"},
                 {"sinks_after", "1", {}, "The same of the map after calibration"},
                 {"first_token_mass", "1", {}, "Mean weight that queries i >= 1 give to token 0"},
                 {"first_token_mass_after", "1", {}, "The same after calibration"},
                 {"sink_mass",
                  "1",
                  {},
                  "Mean weight that queries i >= 1 give to the sinks of the original map together"},
                 {"sink_mass_after", "1", {}, "What the same columns get after calibration"},
                 {"entropy", "nat", {}, "Mean over rows of -sum_j A ln A"},
                 {"entropy_after", "nat", {}, "The same after calibration"},
                 {"rows_modified", "1", {}, "Rows that were changed"},
                 {"mass_moved", "1", {}, "Sum over rows of (1 - beta) m (ACT, section 4)"}},
                {}};
    for (const HeadFindings& head : heads) {
        const bool eligible = std::ranges::binary_search(plan.eligible, head.where);
        const auto* done = head.calibrated;
        table.rows.push_back(
            {std::int64_t{head.where.layer}, std::int64_t{head.where.head}, std::int64_t{eligible},
             std::int64_t{done != nullptr}, done ? Cell(done->beta) : Cell(),
             countCell(std::ssize(head.before)), countCell(std::ssize(head.after)),
             head.original->firstTokenMass, head.changed->firstTokenMass, head.massBefore,
             head.massAfter, head.original->entropy, head.changed->entropy,
             countCell(done ? done->count.rowsModified : 0), done ? done->count.massMoved : 0.0});
    }
    return table;
}

// The likeliest tokens of either pass at the last position.
Table nextTable(const OpenModel& opened, const OriginalPass& original, const ChangedPass& changed)
{
    Table table{"next",
                {{"token", "", {}, "The next token, as the tokenizer spells it"},
                 {"id", "1", {}, "Token id"},
                 {"before", "1", {}, "Its probability after the last token, original model"},
                 {"after", "1", {}, "The same with the calibrated heads"},
                 {"difference", "1", {}, "after - before"}},
                {}};
    const std::int64_t last = original.next.rows() - 1;
    std::vector<std::int32_t> ids(static_cast<std::size_t>(original.next.vocabulary));
    std::iota(ids.begin(), ids.end(), 0);
    std::vector<std::int32_t> chosen;
    for (const auto* next : {&original.next, &changed.next}) {
        const auto row = next->row(last);
        const auto top = ids.begin() + static_cast<std::ptrdiff_t>(std::min(kTop, ids.size()));
        std::partial_sort(ids.begin(), top, ids.end(), [&](std::int32_t a, std::int32_t b) {
            const float x = row[static_cast<std::size_t>(a)], y = row[static_cast<std::size_t>(b)];
            return x != y ? x > y : a < b;
        });
        chosen.insert(chosen.end(), ids.begin(), top);
    }
    std::ranges::sort(chosen);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    const auto before = [&](std::int32_t id) { return original.next.logProbability(last, id); };
    const auto after = [&](std::int32_t id) { return changed.next.logProbability(last, id); };
    std::ranges::stable_sort(chosen, std::ranges::greater{},
                             [&](std::int32_t id) { return std::max(before(id), after(id)); });
    for (const std::int32_t id : chosen)
        table.rows.push_back({pieceOf(opened, id), std::int64_t{id}, std::exp(before(id)),
                              std::exp(after(id)), std::exp(after(id)) - std::exp(before(id))});
    return table;
}

double meanOf(const std::vector<double>& values)
{
    return std::accumulate(values.begin(), values.end(), 0.0) /
           static_cast<double>(std::max<std::size_t>(values.size(), 1));
}

void addMetrics(const OriginalPass& original, const ChangedPass& changed, RunResult& result)
{
    const auto add = [&](const char* name, auto value, const char* unit, const char* help) {
        result.metrics.push_back({name, static_cast<double>(value), unit, Origin::computed, help});
    };
    const auto& count = changed.calibrated.count;
    std::int64_t flips = 0;
    for (std::size_t t = 0; t < original.next.best.size(); ++t)
        flips += original.next.best[t] != changed.next.best[t];
    add("tokens", original.text.ids.size(), "1", "Tokens read, BOS among them");
    add("heads_calibrated", changed.plan.heads.size(), "1", "Heads of the chosen set");
    add("sinks", count.sinks, "1", "Columns that are shrunk, counted in every head");
    add("rows_modified", count.rowsModified, "1", "Rows changed, counted in every head");
    add("rows_skipped", count.rowsSkipped, "1",
        "Rows left as they are, for no receiver has weight");
    add("mass_moved", count.massMoved, "1",
        "Sum over heads and rows of (1 - beta) m (ACT, section 4)");
    add("kl_last", changed.divergence.back(), "nat",
        "KL(original || calibrated) of the next token after the last position");
    add("kl_mean", meanOf(changed.divergence), "nat", "The same, mean over all positions");
    add("flips", flips, "1", "Positions whose likeliest next token changes");
    add("perplexity", model::perplexity(changed.next, original.text.ids), "1",
        "Of the text, with the calibrated heads");
    add("baseline_perplexity", model::perplexity(original.next, original.text.ids), "1",
        "Of the text, original model");
    if (original.text.ids.size() < 2)
        result.notes.push_back("No perplexity: it needs at least two tokens.");
}

} // namespace

void describe(const OpenModel& opened, const TunePlan& plan, const OriginalPass& original,
              const ChangedPass& changed, RunResult& result)
{
    const auto heads = findingsOf(original, changed, opened.config().slidingWindow);
    addMetrics(original, changed, result);
    result.tables = {headsTable(plan, heads), sinksTable(heads, original.text.pieces),
                     nextTable(opened, original, changed), censusTable(heads, original.text)};
}

} // namespace vitrine::calibration_plugin
