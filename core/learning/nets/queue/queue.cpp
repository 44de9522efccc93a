#include "core/learning/nets/queue/queue.h"

#include "core/learning/nets/language/trainer.h"
#include "core/learning/nets/networks.h"
#include "core/learning/nets/queue/queue_state.h"
#include "core/learning/nets/queue/start.h"
#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/loop.h"
#include "core/learning/nets/training/tensor_file.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <ostream>
#include <set>
#include <stdexcept>
#include <thread>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using QueueClock = std::chrono::steady_clock;

bool isShipped(const QueuePlaces& places, const std::string& name)
{
    return fs::exists(places.models + "/" + name + "/README.md");
}

void trainForAWhile(const QueuePlaces& places, const QueueEntry& entry,
                    const std::function<bool()>& goOn)
{
    const std::string folder = places.state + "/" + entry.name;
    if (entry.language) {
        Recipe recipe = readRecipe(entry.settings.path());
        recipe.data = places.data.data + "/" + recipe.data;
        recipe.out = folder;
        train(recipe, Start::resume, [&](const TrainingPoint&) { return goOn(); });
        return;
    }
    const auto trainee = makeTrainee(entry.settings, places.data);
    const Schedule schedule = scheduleOf(entry.settings);
    refuseUnknownKeys(entry.settings);
    beginFromStart(places, entry.name, entry.settings, *trainee);
    trainLoop(*trainee, schedule, folder, places.models + "/" + entry.name,
              [&](const LoopPoint&) { return goOn(); });
}

// The least trained of those that may train now; nullptr where none may.
const QueueEntry* nextEntry(const QueuePlaces& places, const std::vector<QueueEntry>& entries,
                            const std::set<std::string>& failedNow,
                            const std::vector<std::string>& names)
{
    const auto wanted = [&](const QueueEntry& e) {
        return (names.empty() || std::find(names.begin(), names.end(), e.name) != names.end()) &&
               !e.finished() && failedNow.count(e.name) == 0;
    };
    const auto ready = [&](const QueueEntry& e) {
        return e.after.empty() || isShipped(places, e.after);
    };
    const QueueEntry* best = nullptr;
    for (const QueueEntry& e : entries) {
        if (!wanted(e) || !ready(e))
            continue;
        if (!best || (best->last && !e.last) ||
            (best->last == e.last && e.log.seconds < best->log.seconds))
            best = &e;
    }
    return best;
}

void refuseUnknownNames(const std::vector<QueueEntry>& entries,
                        const std::vector<std::string>& names)
{
    for (const std::string& name : names)
        if (std::none_of(entries.begin(), entries.end(),
                         [&](const QueueEntry& e) { return e.name == name; })) {
            std::string known;
            for (const QueueEntry& e : entries)
                known += " " + e.name;
            throw std::runtime_error("there is no recipe " + name + "; known are:" + known);
        }
}

} // namespace

void runQueue(const QueuePlaces& places, const std::vector<std::string>& names, double turnMinutes,
              const std::function<bool()>& stop, std::ostream& log)
{
    const QueueLock lock(places);
    refuseUnknownNames(queueEntries(places), names);
    std::set<std::string> failedNow;
    while (!stop()) {
        const auto entries = queueEntries(places);
        const QueueEntry* entry = nextEntry(places, entries, failedNow, names);
        if (!entry) {
            log << "nothing is left to train" << std::endl;
            return;
        }
        log << entry->name << ": goes on at step " << entry->log.step << " of " << entry->steps
            << std::endl;
        lock.say(entry->name);
        const std::string errorPath = places.state + "/" + entry->name + "/error.txt";
        fs::remove(errorPath);
        const auto began = QueueClock::now();
        try {
            trainForAWhile(places, *entry, [&] {
                const std::chrono::duration<double> spent = QueueClock::now() - began;
                return !stop() && spent.count() < 60.0 * turnMinutes;
            });
        } catch (const std::exception& error) {
            log << entry->name << ": " << error.what() << std::endl;
            failedNow.insert(entry->name);
            fs::create_directories(fs::path(errorPath).parent_path());
            writeWhole(errorPath, std::string(error.what()) + "\n");
        }
    }
}

bool pauseQueue(const QueuePlaces& places, double waitSeconds)
{
    const auto began = QueueClock::now();
    for (bool asked = false;; asked = true) {
        const int process = QueueLock::holder(places).process;
        if (process <= 0)
            return true;
        if (!asked)
            ::kill(process, SIGTERM);
        if (std::chrono::duration<double>(QueueClock::now() - began).count() > waitSeconds)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
}

} // namespace vitrine::learning
