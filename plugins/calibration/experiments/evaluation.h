#pragma once

#include "core/attention/item_judge.h"
#include "core/jobs/experiment/progress.h"
#include "plugins/calibration/experiments/task.h"

#include <string>
#include <string_view>
#include <vector>

// All items of a task by several sets of heads, and what a run shows of them.
namespace vitrine::calibration_plugin
{

struct Evaluation {
    attention::HeadSet heads;
    std::vector<attention::HeadSet> controlSets;
    // [items]: by the model as it is, with `heads`, and [set][item] with each control.
    std::vector<attention::JudgedItem> before, after;
    std::vector<std::vector<attention::JudgedItem>> controls;

    attention::CalibrationCount count() const; // of `heads`, over all items
};

// Item by item; saves what is complete every second and when it is stopped, and goes on from there
// where the saved state is of the same `subject`.
Result<Evaluation> evaluate(attention::ItemJudge& judge, std::size_t items,
                            const attention::HeadSet& heads,
                            const std::vector<attention::HeadSet>& controlSets,
                            std::string_view subject, Progress& progress);

std::string evaluationState(const Evaluation& evaluation, std::string_view subject);
// Input error for bytes that are cut, changed or of something else; then nothing is taken from
// them. `evaluation` has its heads and controls, and no items.
Result<void> restoreEvaluation(std::string_view bytes, std::string_view subject, std::size_t items,
                               Evaluation& evaluation);

// Metrics, tables and sentences: of items with answers, or of windows of running text.
void addAnswers(const ReadTask& task, const Evaluation& evaluation, RunResult& out);
void addLosses(const Evaluation& evaluation, std::uint64_t seed, RunResult& out);
void addCounts(const Evaluation& evaluation, RunResult& out);

} // namespace vitrine::calibration_plugin
