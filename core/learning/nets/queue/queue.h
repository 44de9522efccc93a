#pragma once

#include "core/learning/nets/training/places.h"
#include "core/learning/nets/training/score.h"
#include "core/learning/nets/training/settings.h"

#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

namespace vitrine::learning
{

// Where a queue finds and keeps things. State lies outside the source tree, so that it outlives it.
struct QueuePlaces {
    std::string recipes; // NAME.recipe, one file a model
    std::string models;  // NAME/, the shipped models
    std::string
        state; // NAME/checkpoint.safetensors, training.csv, error.txt, start.txt; queue.lock
    Places data;
};

// One model as the table shows it. What is not known yet is NaN.
struct QueueRow {
    std::string name;
    std::string state; // waiting, training, finished, or failed: and why
    int64_t step, steps;
    double processorHours;
    double selection; // the newest; its meaning is on the card
    bool isLoss;      // of the language model, whose selection is better where it is lower
    double trend;     // the newest minus that of about half an hour of training before
    double shipped;   // selection on the card of the shipped model
};

// Of all recipes, in the order of their names. Recipes whose key `queue` is `no` are left out. A
// recipe that cannot be read is a row that says so.
std::vector<QueueRow> queueRows(const QueuePlaces& places);
void printQueueTable(const std::vector<QueueRow>& rows, std::ostream& out);

// Trains every unfinished recipe (or those of `names`) in turns of so many minutes, least trained
// first; a recipe with the key `after = NAME` waits until NAME is shipped, at whatever step; one
// with `start = NAME` begins with its weights (start.h); one with `last = yes` waits until all
// others are finished. A recipe that fails is left for the next call;
// the others go on. Ends when nothing is left to do or `stop` answers true, which it is asked after
// every step. One queue a state folder: a second one throws std::runtime_error, and so does a name
// without a recipe.
void runQueue(const QueuePlaces& places, const std::vector<std::string>& names, double turnMinutes,
              const std::function<bool()>& stop, std::ostream& log);

// Asks a running queue to save and end, and waits for it: true once none runs any more.
bool pauseQueue(const QueuePlaces& places, double waitSeconds);

// The selection and the scores of the shipped model, from its file.
std::vector<Score> shippedScores(const QueuePlaces& places, const std::string& name);

// Gives the shipped model's card the scores that it lacks, in their order, and changes nothing
// else. Throws where a number of the card is not what its files give.
void updateCard(const QueuePlaces& places, const std::string& name);

// Writes the running mean of the state as the shipped model with its card, if there is none yet or
// it is better by what the trainee asks (`always`: in any case). Says in `log` what was done and
// why. Throws where there is no state, or where the export is larger than 4 MiB.
bool shipModel(const QueuePlaces& places, const std::string& name, bool always, std::ostream& log);

} // namespace vitrine::learning
