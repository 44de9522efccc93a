#include "plugins/calibration/experiments/search_result.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "plugins/common/evaluation/verdict.h"

#include <algorithm>
#include <limits>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::HeadFinding;
using attention::SearchResult;
using evaluation::metricOf;

Table headTable(const SearchResult& result)
{
    Table table{
        "heads",
        {{"layer", "1", {}, ""},
         {"head", "1", {}, "Query head"},
         {"kept", "1", {}, "1: in heads.json"},
         {"gain",
          "1",
          {},
          "Share right with this head alone calibrated, less the model as it is; of a stopped "
          "head the most it could still have reached"},
         {"gain_low",
          "1",
          {},
          "95 % interval of the paired difference (Tango); none for stopped heads"},
         {"gain_high", "1", {}, ""},
         {"gained", "1", {}, "Items right only with calibration"},
         {"lost", "1", {}, "Items right only without"},
         {"items", "1", {}, "Items it saw"},
         {"stopped", "1", {}, "1: it could not be kept any more"},
         {"proxy",
          "nat",
          {},
          "Mean change of the right answer's log-probability on the first items"}},
        {}};
    for (const HeadFinding& found : result.heads) {
        const auto bound = [&](double value) { return found.stopped ? Cell() : Cell(value); };
        table.rows.push_back({std::int64_t{found.head.layer}, std::int64_t{found.head.head},
                              std::int64_t{found.kept ? 1 : 0}, found.gain,
                              bound(found.interval.low), bound(found.interval.high),
                              found.counts.gained, found.counts.lost, found.counts.items(),
                              std::int64_t{found.stopped ? 1 : 0}, found.proxy});
    }
    return table;
}

Table searchControlTable(const SearchResult& result)
{
    Table table{"controls",
                {{"set", "1", {}, "Random set, from 0"},
                 {"heads", "", {}, "layer.head"},
                 {"accuracy", "1", {}, "Share right on the held-out half"},
                 {"difference", "1", {}, "Less the model as it is"},
                 {"gained", "1", {}, ""},
                 {"lost", "1", {}, ""}},
                {}};
    for (std::size_t i = 0; i < result.controls.size(); ++i)
        table.rows.push_back(
            {static_cast<std::int64_t>(i), attention::headsText(result.controlSets[i]),
             evaluation::after(result.controls[i]), result.controls[i].difference(),
             result.controls[i].gained, result.controls[i].lost});
    return table;
}

Table poolTable(const evaluation::ReadTask& task, const SearchResult& result)
{
    Table table{"pool",
                {{"item", "1", {}, "Line of the file among its items, from 0"},
                 {"half", "", {}, "search: it chose the heads; held out: it judged them"}},
                {}};
    for (const auto* half : {&result.searched, &result.heldOut})
        for (const std::size_t place : *half)
            table.rows.push_back({static_cast<std::int64_t>(task.prepared.items[place].index),
                                  std::string(half == &result.searched ? "search" : "held out")});
    return table;
}

} // namespace

void addSearchResult(const evaluation::ReadTask& task, const SearchResult& result, RunResult& out)
{
    const evaluation::Verdict verdict = evaluation::verdictOf(result.heldOutCounts);
    const evaluation::Control control = evaluation::controlOf(result.controls);
    const auto stopped =
        std::ranges::count_if(result.heads, [](const HeadFinding& found) { return found.stopped; });
    std::size_t seen = 0;
    for (const HeadFinding& found : result.heads)
        seen += static_cast<std::size_t>(found.counts.items());
    const auto all = static_cast<double>(result.heads.size() * result.searched.size());
    for (Metric metric : {
             metricOf("accuracy_before", evaluation::before(result.heldOutCounts),
                      "Share right by the model as it is, held-out half"),
             metricOf("accuracy_after", evaluation::after(result.heldOutCounts),
                      "Share right with all kept heads, held-out half"),
             metricOf("difference", result.heldOutCounts.difference(),
                      "accuracy_after - accuracy_before"),
             metricOf("difference_low", verdict.interval.low,
                      "95 % score interval of the paired difference (Tango 1998)"),
             metricOf("difference_high", verdict.interval.high,
                      "95 % score interval of the paired difference (Tango 1998)"),
             metricOf("p_value", verdict.pValue,
                      "Exact two-sided McNemar test on the held-out half"),
             metricOf("heads_kept", static_cast<double>(result.kept.size()), "Heads in heads.json"),
             metricOf("heads_tested", static_cast<double>(result.heads.size()), "Candidates"),
             metricOf("heads_stopped", static_cast<double>(stopped),
                      "Candidates that stopped before they saw all items"),
             metricOf("items_searched", static_cast<double>(result.searched.size()),
                      "Items that chose the heads"),
             metricOf("items_held_out", static_cast<double>(result.heldOut.size()),
                      "Items that judge the choice"),
             metricOf("answers_saved", all == 0 ? 0 : 1 - static_cast<double>(seen) / all,
                      "Share of the heads' answers that stopping saved"),
             metricOf("accuracy_control", control.mean,
                      "Mean share right of random sets of as many heads, held-out half"),
             metricOf("accuracy_control_low", control.low, "2.5 % quantile of the random sets"),
             metricOf("accuracy_control_high", control.high, "97.5 % quantile of the random sets"),
         })
        out.metrics.push_back(std::move(metric));
    out.tables.push_back(headTable(result));
    out.tables.push_back(searchControlTable(result));
    out.tables.push_back(poolTable(task, result));
    if (result.kept.empty()) {
        out.notes.push_back(
            "No head alone answers more items right than the model as it is: nothing is kept.");
        return;
    }
    out.notes.push_back(
        verdictSentence(verdict, fmt::format("On the held-out half, calibrating the {} kept heads",
                                             result.kept.size())));
    out.notes.push_back(control.sets == 0
                            ? kNoControls
                            : controlSentence(control, evaluation::after(result.heldOutCounts),
                                              "sets of as many heads"));
}

Result<Artifact> writeSearchedHeads(const std::filesystem::path& folder,
                                    const evaluation::ReadTask& task, const SearchResult& result,
                                    const attention::HeadList& list)
{
    Artifact artifact;
    artifact.name = "heads.json";
    artifact.kind = "heads";
    artifact.path = folder / artifact.name;
    VITRINE_CHECK(attention::writeHeadFile(artifact.path, list));
    VITRINE_TRY(const std::string text, readFile(artifact.path, 16 << 20));
    VITRINE_TRY(Json json, parseJson(text, artifact.name));
    Json items = Json::array();
    for (const auto* half : {&result.searched, &result.heldOut})
        for (const std::size_t place : *half)
            items.push_back(task.prepared.items[place].index);
    json["pool"] = {{"task", task.task.name}, {"sha256", task.input.sha256}, {"items", items}};
    VITRINE_CHECK(writeFileAtomically(artifact.path, dumpJson(json, 1) + "\n"));
    return artifact;
}

std::vector<std::size_t> poolOfHeadFile(const std::filesystem::path& headFile,
                                        const std::string& sha256)
{
    const auto text = readFile(headFile, 16 << 20);
    const auto json = text ? parseJson(*text, "head file") : Result<Json>(Json());
    if (!json || !json->is_object() || !json->contains("pool"))
        return {};
    const Json& pool = (*json)["pool"];
    if (!pool.is_object() || !pool.contains("sha256") || pool["sha256"] != sha256 ||
        !pool.contains("items"))
        return {};
    std::vector<std::size_t> items;
    for (const Json& item : pool["items"])
        if (item.is_number_unsigned())
            items.push_back(item.get<std::size_t>());
    return items;
}

evaluation::Exclusion poolExclusion(const std::filesystem::path& headFile)
{
    if (headFile.empty())
        return {};
    return {[headFile](const std::string& sha256) { return poolOfHeadFile(headFile, sha256); },
            "were in the pool of the search that chose these heads"};
}

} // namespace vitrine::calibration_plugin
