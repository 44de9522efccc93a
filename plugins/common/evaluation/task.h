#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"
#include "core/model/task/task_scoring.h"
#include "plugins/common/experiment_input.h"

#include <functional>
#include <string>
#include <vector>

// A task file and what is asked of it, as parameters of an experiment.
namespace vitrine::evaluation
{

// task, kind, scoring, encoding, shots, template, instruction, part.
std::vector<ParamSpec> taskParams();

struct ReadTask {
    model::Task task;
    model::TaskRequest request;
    model::PreparedTask prepared;
    bool normalised = false; // choices by log-probability per character
    InputFile input;
    std::vector<std::string> notes;

    // Of the item at this place of `prepared`.
    const model::TaskItem& item(std::size_t place) const;
    std::string choiceText(const model::TaskItem& item, int choice) const; // the label, or a letter
    int chosen(const model::ItemScore& score) const;
    bool isRight(std::size_t place, const model::ItemScore& score) const;
};

// Items that may not judge, since they chose what is judged.
struct Exclusion {
    std::function<std::vector<std::size_t>(const std::string& sha256)> itemsOf; // of the task file
    std::string why; // "were in the pool of the search that chose these heads"
};

// `limit` items at most (0: all), without those that are excluded; how many these are is noted.
Result<ReadTask> readTask(const Params& params, const OpenModel& opened, std::int64_t limit,
                          const Exclusion& exclusion = {});

// All that an answer depends on: files by their hashes, parameters by their values. What a saved
// state must agree with.
std::string subjectOf(const Params& params, const OpenModel& opened, const ReadTask& task);

} // namespace vitrine::evaluation
