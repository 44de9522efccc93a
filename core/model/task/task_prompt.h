#pragma once

#include "core/model/task/task.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

// How an answer is read off a model.
enum class TaskScoring {
    labels, // logits of the last position, restricted to the last token of each label (ACT, section
            // 8)
    likelihood, // log-probability of each choice as a continuation (llm-runtime, section 10)
    letter,     // options lettered "A. ...", one greedy token, which must be the right letter (ACT,
                // section 8)
};

// Labels for classification, likelihood for choice and cloze.
TaskScoring usualScoring(TaskKind kind);

// What of a task is asked, and how.
struct TaskRequest {
    TaskKind kind = TaskKind::choice;
    TaskScoring scoring = TaskScoring::likelihood;
    TaskStyle style;
    int shots = 0;
    std::int64_t limit =
        0; // items drawn at random from those that are no shots, in file order; 0: all
    std::string part = {};                  // only items of this part; empty: all
    bool mutual = false;                    // likelihood: also each choice without its context
    std::vector<std::size_t> excluded = {}; // items that are neither asked nor shown
    std::uint64_t seed = 42;
};

// An item as text: the model reads `context`, and each continuation is a way to go on.
struct TaskPrompt {
    std::string context;
    std::vector<std::string> continuations; // classification: the labels; letter: " A", " B", ...
    int answer = 0;
};

// The body with {field} replaced by the item's fields ("{{" and "}}" are braces); its prompt where
// the body is empty. Argument error naming a field that the item lacks.
Result<std::string> renderBody(const TaskStyle& style, const TaskItem& item);

// The items asked (indices, ascending) and the ones shown as examples before each of them. Shots
// are of the part "train" where there is one, else taken from the items and not asked. Argument
// error where fewer are left than wanted.
struct TaskSelection {
    std::vector<std::size_t> asked, shots;
};
Result<TaskSelection> selectItems(const Task& task, const TaskRequest& request);

// `item` after instruction and shots. Not for running text.
Result<TaskPrompt> taskPrompt(const Task& task, const TaskRequest& request,
                              std::span<const std::size_t> shots, const TaskItem& item);

} // namespace vitrine::model
