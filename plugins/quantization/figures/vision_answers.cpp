#include "plugins/quantization/figures/vision_answers.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/jobs/experiment/read_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

namespace vitrine::quantization_plugin
{

std::string shortModelName(const RunRecord& run, const char* parameter)
{
    const std::string text = parameterText(run.params, parameter);
    std::string name = std::filesystem::path(text).filename().string();
    return name.empty() ? text : name;
}

// Two folders may have one name; then all of their paths is said.
std::string evaluatedModel(const RunRecord& run, const char* parameter)
{
    return shortModelName(run, "model") == shortModelName(run, "second")
               ? parameterText(run.params, parameter)
               : shortModelName(run, parameter);
}

bool judgesTwo(const RunRecord& run)
{
    return std::isfinite(metricOf(run.result, "accuracy_second"));
}

std::string sharePercent(double share)
{
    return fmt::format("{:.1f} %", 100 * share);
}

std::string accuracyPercent(double share)
{
    return fmt::format("{:.2f} %", 100 * share);
}

std::string pictureCount(double value)
{
    const auto whole = wholeWithin(value, 0, kMostPictures);
    return whole ? wholeText(*whole) : "?";
}

std::string judgedData(const RunRecord& run)
{
    std::string name = shortModelName(run, "data");
    if (parameterText(run.params, "split") == "training")
        name += " (training)";
    return name;
}

CountedAnswers countedAnswers(const RunRecord& run)
{
    CountedAnswers counted;
    const auto labels = columnTexts(run.result, "confusion", "label"),
               answers = columnTexts(run.result, "confusion", "answer");
    const auto pictures = columnNumbers(run.result, "confusion", "pictures");
    std::map<std::string, std::size_t> places;
    const auto add = [&](const std::vector<std::string>& names) {
        for (const std::string& name : names)
            if (!name.empty() && places.emplace(name, counted.classes.size()).second)
                counted.classes.push_back(name);
    };
    add(columnTexts(run.result, "classes", "class")); // earlier runs have no such table
    add(labels);
    add(answers);
    if (counted.classes.size() > kMostClasses)
        return {};
    counted.counts.resize(counted.classes.size() * counted.classes.size());
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (places.contains(labels[i]) && places.contains(answers[i]) && pictures[i] > 0)
            counted.counts[places[labels[i]] * counted.classes.size() + places[answers[i]]] +=
                pictures[i];
    return counted;
}

std::vector<JudgedPicture> judgedPictures(const RunRecord& run, const char* table)
{
    std::vector<JudgedPicture> all;
    const Table* items = run.result.table(table);
    for (std::size_t i = 0; items && i < items->rows.size(); ++i) {
        const RowReader row(*items, i);
        JudgedPicture one{row.text("picture"), row.text("label"), row.text("answer"),
                          row.text("answer_second")};
        one.right = row.flag("right");
        one.rightSecond = row.flag("right_second");
        one.probability = row.number("probability");
        one.ofLabel = row.number("of_label");
        all.push_back(std::move(one));
    }
    return all;
}

PairedCounts countedPairs(const RunRecord& run)
{
    PairedCounts pairs;
    for (const JudgedPicture& one : judgedPictures(run, "items"))
        ++(one.right ? (one.rightSecond ? pairs.bothRight : pairs.lost)
                     : (one.rightSecond ? pairs.gained : pairs.bothWrong));
    return pairs;
}

bool isInCell(const JudgedPicture& one, const State& state)
{
    return one.label == state.label && one.answer == state.answer;
}

} // namespace vitrine::quantization_plugin
