#pragma once

#include "core/base/result.h"
#include "core/model/task/task_prompt.h"
#include "core/model/tokenizer/tokenizer.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace vitrine::model
{

// Logits [lastRows, vocabulary] of the last `lastRows` positions of the ids. Behind it stands a
// model as it is, one with calibrated heads, a quantized one, or a test's table. Where only the
// rows after the first of them are "new" tokens, a decoding model may take ids[.. n - lastRows + 1)
// as its prefill.
using LogitsOf = std::function<Result<std::vector<float>>(std::span<const std::int32_t> ids,
                                                          std::int64_t lastRows)>;

enum class TaskEncoding {
    joint,    // context and continuation as one text, split behind the context's tokens (lm-eval
              // today)
    separate, // each on its own (lm-eval until 2023)
};

// One pass through the model. Row i of its logits predicts targets[i]; rows beyond are not looked
// at.
struct TaskQuery {
    std::vector<std::int32_t> ids;
    std::int64_t rows = 1; // the last positions whose logits are wanted
    std::vector<std::int32_t> targets;
};

// An item as token ids: likelihood has one query per choice, the others have one.
struct PreparedItem {
    std::size_t index = 0; // into Task::items; for running text the window's number
    int answer = 0;
    // Likelihood: one per choice, then, for mutual information, each choice after BOS alone.
    std::vector<TaskQuery> queries;
    std::vector<std::int32_t> options;    // labels, letter: last token of each answer
    std::vector<std::int64_t> characters; // likelihood: of each choice, without its leading space
    bool truncated = false;               // tokens were cut off at the left
};

struct PreparedTask {
    TaskKind kind = TaskKind::choice;
    TaskScoring scoring = TaskScoring::likelihood;
    std::vector<PreparedItem> items;
    std::vector<std::string> notes; // collisions of labels, truncation, shots taken from the items
};

// Puts the chosen items into tokens for a model of that context. BOS comes first where the
// tokenizer adds one. What does not fit is cut off at the left. Input error for a choice that alone
// is longer than the context, or has no token.
Result<PreparedTask> prepareTask(const Task& task, const TaskRequest& request,
                                 const Tokenizer& tokenizer, std::int64_t context,
                                 TaskEncoding encoding = TaskEncoding::joint);

struct ItemScore {
    int chosen = -1; // labels, likelihood: the best (lowest of equals); letter: -1 for no letter
    int chosenNormalised = -1;  // likelihood: best per character (acc_norm); else as chosen
    int chosenMutual = -1;      // likelihood: the most that its context adds, where that is asked
    std::vector<double> scores; // nat, per choice: sum of log-probabilities; labels: log-softmax
                                // over labels; letter: log-probability of its token
    double goldLogProbability =
        0; // nat: log-softmax of the scores over the choices, at the right one

    friend bool operator==(const ItemScore&, const ItemScore&) = default;
};

// The tokenizer serves letter scoring (what does the greedy token say?).
Result<ItemScore> scoreItem(const PreparedItem& item, TaskScoring scoring,
                            const Tokenizer& tokenizer, const LogitsOf& logitsOf);

// Running text: mean of -ln p(target) over the window's targets, in nat.
Result<double> windowLoss(const PreparedItem& window, const LogitsOf& logitsOf);

// ln softmax(row)[target], in double.
double logProbability(std::span<const float> row, std::int32_t target);

} // namespace vitrine::model
