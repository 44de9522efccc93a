#include "core/learning/nets/queue/queue_state.h"

#include "core/learning/nets/training/shown_text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

const std::vector<std::string> kLogColumns = {"step", "tokens",    "seconds",    "learning_rate",
                                              "loss", "selection", "train_loss", "held_out_loss"};

std::vector<std::string> commaCells(const std::string& line)
{
    std::vector<std::string> found;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, ',');)
        found.push_back(cell);
    return found;
}

double cellNumber(const std::vector<std::string>& cells, size_t column)
{
    if (column >= cells.size() || cells[column].empty())
        return std::nan("");
    std::istringstream in(cells[column]);
    in.imbue(std::locale::classic());
    double value = 0.0;
    return in >> value ? value : std::nan("");
}

size_t columnOf(const std::vector<std::string>& names, const std::string& name)
{
    return static_cast<size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

QueueEntry entryOf(const QueuePlaces& places, const fs::path& recipe)
{
    QueueEntry entry;
    entry.name = recipe.stem().string();
    const std::string folder = places.state + "/" + entry.name;
    try {
        entry.log = readTrainingLog(folder + "/training.csv");
        entry.settings = Settings::read(recipe.string());
        entry.language = !entry.settings.has("network");
        entry.steps = entry.settings.integer("steps", 0, 1, INT64_MAX);
        entry.last = entry.settings.flag("last", false);
        entry.after = entry.settings.text("after", "");
        std::ifstream error(folder + "/error.txt");
        std::getline(error, entry.error);
    } catch (const std::exception& error) {
        entry.error = error.what();
    }
    return entry;
}

struct flock wholeFile()
{
    struct flock lock {
    };
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

std::string lockPath(const QueuePlaces& places)
{
    return places.state + "/queue.lock";
}

} // namespace

void refuseUnknownKeys(const Settings& recipe)
{
    for (const char* key : {"about", "limits", "after", "last", "queue", "start"})
        recipe.has(key);
    recipe.refuseUnknown();
}

TrainingLog readTrainingLog(const std::string& path)
{
    TrainingLog log;
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    const auto names = commaCells(line);
    for (const std::string& name : names)
        if (columnOf(kLogColumns, name) == kLogColumns.size())
            throw std::runtime_error(path + ":1: unknown column \"" + shownText(name) + "\"");
    const size_t step = columnOf(names, "step"), seconds = columnOf(names, "seconds");
    size_t selection = columnOf(names, "selection");
    if (selection == names.size())
        selection = columnOf(names, "held_out_loss");
    while (std::getline(in, line)) {
        const auto cells = commaCells(line);
        const double at = cellNumber(cells, step), spent = cellNumber(cells, seconds);
        if (std::isnan(at) || std::isnan(spent))
            continue; // a line that was cut off
        log.step = static_cast<int64_t>(at);
        log.seconds = spent;
        if (const double value = cellNumber(cells, selection); !std::isnan(value))
            log.selections.emplace_back(spent, value);
    }
    return log;
}

std::vector<QueueEntry> queueEntries(const QueuePlaces& places)
{
    std::error_code error;
    std::vector<fs::path> recipes;
    for (const auto& file : fs::directory_iterator(places.recipes, error))
        if (file.path().extension() == ".recipe")
            recipes.push_back(file.path());
    if (error)
        throw std::runtime_error("cannot read the folder of recipes " + places.recipes);
    std::sort(recipes.begin(), recipes.end());
    std::vector<QueueEntry> entries;
    for (const fs::path& recipe : recipes) {
        QueueEntry entry = entryOf(places, recipe);
        if (entry.settings.text("queue", "yes") != "no")
            entries.push_back(std::move(entry));
    }
    return entries;
}

QueueLock::QueueLock(const QueuePlaces& places)
{
    fs::create_directories(places.state);
    const std::string path = lockPath(places);
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (file_ < 0)
        throw std::runtime_error("cannot write " + path);
    struct flock lock = wholeFile();
    if (::fcntl(file_, F_OFD_SETLK, &lock) != 0) {
        ::close(file_);
        throw std::runtime_error("a queue is training already in " + places.state +
                                 "; packaging/train --pause ends it");
    }
    say("");
}

void QueueLock::say(const std::string& name) const
{
    const std::string text = std::to_string(::getpid()) + "\n" + name + "\n";
    if (::ftruncate(file_, 0) != 0 ||
        ::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        throw std::runtime_error("cannot write the lock of the queue: is the disk full?");
}

QueueLock::~QueueLock()
{
    ::close(file_);
}

QueueLock::Holder QueueLock::holder(const QueuePlaces& places)
{
    const std::string path = lockPath(places);
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return {};
    // Asks without taking it, so that no queue which begins now is refused.
    struct flock lock = wholeFile();
    const bool held = ::fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    ::close(file);
    Holder holder;
    if (std::ifstream in(path); held && in >> holder.process)
        in >> holder.name;
    return holder;
}

} // namespace vitrine::learning
