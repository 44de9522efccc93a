#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_runs.h"
#include "plugins/quantization/figures/vision_answers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr double kSignificantChange = 0.05;
constexpr double kSmallModel = 5e6; // numbers of a checkpoint; DeiT-Tiny has 5.7 million

std::string chanceWords(double p)
{
    return p < 0.001 ? "p < 0.001" : fmt::format("p = {}", significant(p, 2));
}

std::string pointsText(double share)
{
    return withTrueMinus(fmt::format("{:.1f}", 100 * share));
}

// Whether it is worse, and how sure that is.
std::string accuracyWords(const RunRecord& run)
{
    const auto value = [&](const char* name) { return metricOf(run.result, name); };
    const double change = value("difference"), p = value("p_value");
    const std::string both = fmt::format("{} against {} of the original on {} pictures of {}",
                                         accuracyPercent(value("accuracy_quantized")),
                                         accuracyPercent(value("accuracy_original")),
                                         pictureCount(value("pictures")), judgedData(run));
    const std::string interval = fmt::format(
        "95 % interval of the change: {} to {} points, McNemar's {}",
        pointsText(value("difference_low")), pointsText(value("difference_high")), chanceWords(p));
    if (!(p < kSignificantChange))
        return fmt::format("cannot be told apart from the original: {} ({}).", both, interval);
    return fmt::format("is {} than the original: {} ({}).", change < 0 ? "worse" : "better", both,
                       interval);
}

std::string originalWords(const RunRecord& run)
{
    return fmt::format("On {} pictures of {} the original, {}, is right in {} (p: "
                       "McNemar's test).",
                       pictureCount(metricOf(run.result, "pictures")), judgedData(run),
                       codedOriginal(run),
                       accuracyPercent(metricOf(run.result, "accuracy_original")));
}

// Among several.
std::string besideWords(const RunRecord& run)
{
    const auto value = [&](const char* name) { return metricOf(run.result, name); };
    const double change = value("difference"), p = value("p_value");
    const std::string how = !(p < kSignificantChange)
                                ? std::string("cannot be told apart from it")
                                : fmt::format("is {} points {}", pointsText(std::abs(change)),
                                              change < 0 ? "worse" : "better");
    return fmt::format("{}: {}, {} ({}).", codedName(run),
                       accuracyPercent(value("accuracy_quantized")), how, chanceWords(p));
}

// "3.9 times less", "as much", "1.2 times more" than the original: by how much it is divided.
std::string lessWords(double ratio)
{
    constexpr double kAlike = 0.05;
    if (std::abs(ratio - 1) < kAlike)
        return "about as much";
    return ratio > 1 ? fmt::format("{} times less", significant(ratio, 2))
                     : fmt::format("{} times more", significant(1 / ratio, 2));
}

std::string costWords(const RunRecord& run)
{
    const auto value = [&](const char* name) { return metricOf(run.result, name); };
    std::string text;
    if (value("size_bytes") > 0 && value("size_ratio") > 0)
        text += fmt::format(" It takes {} MB, {}", significant(value("size_bytes") / 1e6, 3),
                            lessWords(value("size_ratio")));
    if (!text.empty() && value("energy_ratio") > 0)
        text += fmt::format(", and by the estimate {} energy", lessWords(value("energy_ratio")));
    if (!text.empty())
        text += '.';
    if (!run.result.table("in_float"))
        return text;
    if (isReworkedRun(run))
        return text + " All of it is computed in floating point.";
    const auto parts = partsInFloat(run);
    return text + (parts.empty() ? std::string(" Nothing stays in float.")
                                 : fmt::format(" In float stay {}.", fmt::join(parts, ", ")));
}

std::string integerWords(const RunRecord& run)
{
    const double match = metricOf(run.result, "integer_match");
    if (!std::isfinite(match))
        return {};
    return match == 1 ? std::string(" In whole numbers alone all outputs are the same.")
                      : fmt::format(" In whole numbers {} of the outputs are the same: a defect.",
                                    sharePercent(match));
}

std::string lackingWords(const RunRecord& run)
{
    if (isReworkedRun(run))
        return {};
    std::string lacking;
    for (const auto& [table, what] :
         {std::pair{"flips", "pictures whose answer changed"}, std::pair{"rescales", "rescales"},
          std::pair{"channels", "channels"}})
        if (!run.result.table(table))
            lacking += (lacking.empty() ? "" : ", ") + std::string(what);
    return lacking.empty()
               ? lacking
               : "A run of before these were kept: " + lacking + "; run again to see them.";
}

std::string smallWords(const Runs& runs)
{
    double most = 0;
    for (const RunRecord* run : runs)
        most = std::max(most, metricOf(run->result, "size_bytes") *
                                  metricOf(run->result, "size_ratio") / 4);
    if (!(most > 0 && most < kSmallModel))
        return {};
    return fmt::format("A small model of {} million numbers on small pictures: what a step of a "
                       "method is good for carries over to larger ones at best by its sign, how "
                       "much it is worth does not. Channels that stand out, which factors and "
                       "smoothing are made for, are rare in it.",
                       significant(most / 1e6, 2));
}

} // namespace

std::string codedVerdict(const Runs& runs)
{
    if (runs.size() == 1)
        return codedName(*runs[0]) + ' ' + accuracyWords(*runs[0]) + costWords(*runs[0]) +
               integerWords(*runs[0]);
    std::string text;
    const auto originals = originalsOf(runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (originals[i] != i)
            continue; // said with the first that judged alike
        text += (text.empty() ? "" : "\n") + originalWords(*runs[i]);
        for (std::size_t of = i; of < runs.size(); ++of)
            if (originals[of] == i)
                text += '\n' + besideWords(*runs[of]);
    }
    return text;
}

std::vector<std::string> codedRemarks(const Runs& runs)
{
    std::vector<std::pair<std::string, Runs>> all;
    const auto add = [&](const std::string& text, const RunRecord* run) {
        const auto known = std::ranges::find(all, text, &std::pair<std::string, Runs>::first);
        if (text.empty())
            return;
        if (known == all.end())
            all.push_back({text, {run}});
        else
            known->second.push_back(run);
    };
    // The verdict of one run says itself what stays in float, and so does the table.
    const auto isSaid = [](const std::string& note) {
        return note.starts_with("In floating point stay") ||
               note.starts_with("Nothing is computed in floating point");
    };
    for (const RunRecord* run : runs) {
        for (const std::string& note : run->result.notes)
            if (!isSaid(note))
                add(note, run);
        add(lackingWords(*run), run);
    }
    std::vector<std::string> said;
    for (const auto& [text, of] : all) {
        std::string whose;
        if (of.size() < runs.size())
            for (const RunRecord* run : of)
                whose += (whose.empty() ? "" : ", ") + codedTick(*run);
        said.push_back(whose.empty() ? text : whose + ": " + text);
    }
    const auto originals = originalsOf(runs);
    if (std::ranges::any_of(originals, [](std::size_t of) { return of != 0; }))
        said.emplace_back("Not all runs judged the same original on the same pictures: accuracies "
                          "compare only where they did.");
    if (const std::string small = smallWords(runs); !small.empty())
        said.push_back(small);
    return said;
}

} // namespace vitrine::quantization_plugin
