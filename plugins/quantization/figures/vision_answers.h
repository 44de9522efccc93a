#pragma once

#include "core/base/statistics.h"
#include "plugins/quantization/figures/state.h"
#include "plugins/quantization/figures/versions.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What a stored run of vision.evaluate holds, read for sentences, tables and figures.
namespace vitrine::quantization_plugin
{

inline constexpr std::int64_t kMostPictures = 1'000'000'000;
inline constexpr std::size_t kMostClasses = 1000; // that are counted and drawn

bool judgesTwo(const RunRecord& run); // models, on the same pictures
// Of "model" or "second": its short name, its path where the two have one name.
std::string shortModelName(const RunRecord& run, const char* parameter);
std::string evaluatedModel(const RunRecord& run, const char* parameter);
std::string judgedData(const RunRecord& run); // "fashion-mnist", "fashion-mnist (training)"

std::string sharePercent(double share);    // "12.5 %"
std::string accuracyPercent(double share); // "12.50 %"
std::string pictureCount(double value);    // "1,234"; "?" for no such number

// What was counted, by the names of the classes in their order.
struct CountedAnswers {
    std::vector<std::string> classes;
    std::vector<double> counts; // a row for each label

    std::size_t place(const std::string& name) const
    {
        return static_cast<std::size_t>(std::ranges::find(classes, name) - classes.begin());
    }
    double at(std::size_t label, std::size_t answer) const
    {
        return counts[label * classes.size() + answer];
    }
    double ofLabel(std::size_t label) const
    {
        double sum = 0;
        for (std::size_t answer = 0; answer < classes.size(); ++answer)
            sum += at(label, answer);
        return sum;
    }
};
// Empty where there are more than kMostClasses.
CountedAnswers countedAnswers(const RunRecord& run);

// One picture of a run and what was said of it.
struct JudgedPicture {
    std::string picture, label, answer, second;
    bool right = false, rightSecond = false;
    double probability = 0, ofLabel = 0;
};
// Of a table of the run.
std::vector<JudgedPicture> judgedPictures(const RunRecord& run, const char* table);
PairedCounts countedPairs(const RunRecord& run); // of two models
bool isInCell(const JudgedPicture& one, const State& state);

} // namespace vitrine::quantization_plugin
