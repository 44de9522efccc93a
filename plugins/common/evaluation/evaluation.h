#pragma once

#include "core/jobs/experiment/progress.h"
#include "plugins/common/evaluation/task.h"

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// The same items answered by a model as it is, by the model changed, and by random changes of the
// same extent (controls), and what a run shows of them.
namespace vitrine::evaluation
{

struct Answer {
    model::ItemScore score = {}; // not for running text
    double loss = 0;             // running text: mean nat per target of the window
    // What the change did while the item was read, as its room counts it; zero where nothing is.
    std::array<std::int64_t, 3> counts = {};
    double sum = 0;
};

struct Evaluation {
    std::vector<Answer> before, after;         // [item]
    std::vector<std::vector<Answer>> controls; // [control][item]
};

// Who answers. Asked by one thread, item by item: 0 the model as it is, 1 changed, 2 and on the
// controls.
struct Contenders {
    std::function<Result<Answer>(std::size_t contender, std::size_t item)> answer;
    std::size_t controls = 0;
    std::function<void(std::size_t item)> forget = [](std::size_t) {}; // not asked again
};

// Saves what is complete every second and when it is stopped, and goes on from there where the
// saved state is of the same `subject`.
Result<Evaluation> evaluate(const Contenders& contenders, std::size_t items,
                            std::string_view subject, Progress& progress);

std::string evaluationState(const Evaluation& evaluation, std::string_view subject);
// Input error for bytes that are cut, changed or of something else; then nothing is taken from
// them. `evaluation` has its controls, and no items.
Result<void> restoreEvaluation(std::string_view bytes, std::string_view subject, std::size_t items,
                               Evaluation& evaluation);

// How tables and sentences speak of the change.
struct ChangeWords {
    std::string column;              // "calibrated": names the answers in the table of items
    std::string with;                // "with calibrated heads"
    std::string noun;                // "calibration"
    std::string act;                 // "Calibrating 12 heads": begins a sentence
    std::string sets;                // of the controls: "sets of as many heads"
    std::string controlsHelp;        // "Share right with these heads calibrated"
    std::string noControls;          // "There is no random control: ..."
    Column label;                    // of the controls: {"heads", "", {}, "layer.head"}
    std::vector<std::string> labels; // one for each control
};

// Metrics, tables ("items", "datasets", "controls") and sentences: of items with answers, or of
// windows of running text (no label).
void addAnswers(const ReadTask& task, const Evaluation& evaluation, const ChangeWords& words,
                RunResult& out);
void addLosses(const Evaluation& evaluation, const ChangeWords& words, std::uint64_t seed,
               RunResult& out);

} // namespace vitrine::evaluation
