#pragma once

#include "core/learning/nets/queue/queue.h"

#include <string>
#include <vector>

namespace vitrine::learning
{

// What the log of a training says (training.csv of loop.h, or of the language model's trainer).
struct TrainingLog {
    int64_t step = 0;
    double seconds = 0.0;
    std::vector<std::pair<double, double>> selections; // seconds, value
};

// An empty one where there is none; a line that was cut off is left out. Throws std::runtime_error
// naming a column that is neither log's.
TrainingLog readTrainingLog(const std::string& path);

struct QueueEntry {
    std::string name;
    Settings settings;
    bool language = false; // the language model has a recipe and a trainer of its own
    int64_t steps = 0;
    bool last = false;
    std::string after;
    TrainingLog log;
    std::string error;

    bool finished() const { return steps > 0 && log.step >= steps; }
};

// All recipes of the queue; one that cannot be read has an error.
std::vector<QueueEntry> queueEntries(const QueuePlaces& places);

// Once the network and the schedule have asked for theirs: throws, naming the first key of the
// recipe that is neither theirs, nor the card's, nor the queue's.
void refuseUnknownKeys(const Settings& recipe);

// Holds the lock of a queue; its file has the process's number.
class QueueLock
{
public:
    // Throws where another queue holds it.
    explicit QueueLock(const QueuePlaces& places);
    ~QueueLock();
    QueueLock(const QueueLock&) = delete;
    QueueLock& operator=(const QueueLock&) = delete;

    // What is trained now, for the table.
    void say(const std::string& name) const;

    // The process that holds the lock of `places` and what it said last; 0 where none does.
    struct Holder {
        int process = 0;
        std::string name;
    };
    static Holder holder(const QueuePlaces& places);

private:
    int file_ = -1;
};

} // namespace vitrine::learning
