#include "core/learning/nets/networks.h"
#include "core/learning/nets/queue/queue.h"
#include "core/learning/nets/queue/queue_state.h"
#include "core/learning/nets/queue/start.h"
#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/loop.h"
#include "core/learning/nets/training/tensor_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

constexpr uintmax_t kLargestModel = 4u << 20;

Settings recipeNamed(const QueuePlaces& places, const std::string& name)
{
    return Settings::read(places.recipes + "/" + name + ".recipe");
}

// As a program that opens the file sees the model: rounded to F16.
std::vector<Score> scoresOf(Trainee& trainee, const std::string& folder, Score& selection)
{
    const torch::NoGradGuard noGradient;
    trainee.importFrom(folder);
    trainee.network().eval();
    selection = trainee.selection();
    return trainee.scores();
}

double selectionOf(Trainee& trainee, const std::string& folder)
{
    const torch::NoGradGuard noGradient;
    trainee.importFrom(folder);
    trainee.network().eval();
    return trainee.selection().value;
}

uintmax_t sizeOf(const std::string& folder)
{
    uintmax_t bytes = 0;
    for (const auto& file : fs::recursive_directory_iterator(folder))
        if (file.is_regular_file())
            bytes += file.file_size();
    return bytes;
}

std::vector<std::string> sourceTables(const QueuePlaces& places, const Trainee& trainee)
{
    std::vector<std::string> found;
    for (const std::string& part : trainee.dataParts()) {
        const std::string path = places.data.data + "/" + part + "/sources.tsv";
        if (fs::exists(path))
            found.push_back(path);
    }
    return found;
}

} // namespace

std::vector<Score> shippedScores(const QueuePlaces& places, const std::string& name)
{
    const Settings recipe = recipeNamed(places, name);
    const auto trainee = makeTrainee(recipe, places.data);
    scheduleOf(recipe);
    refuseUnknownKeys(recipe);
    Score selection;
    return scoresOf(*trainee, places.models + "/" + name, selection);
}

void updateCard(const QueuePlaces& places, const std::string& name)
{
    const std::string path = places.models + "/" + name + "/README.md";
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    writeWhole(path, withScores(text, path, shippedScores(places, name)));
}

bool shipModel(const QueuePlaces& places, const std::string& name, bool always, std::ostream& log)
{
    const Settings recipe = recipeNamed(places, name);
    const auto trainee = makeTrainee(recipe, places.data);
    const Schedule schedule = scheduleOf(recipe);
    refuseUnknownKeys(recipe);
    const LoopPoint at = loadAverage(*trainee, places.state + "/" + name);

    const std::string to = places.models + "/" + name, fresh = to + ".new";
    fs::remove_all(fresh);
    fs::create_directories(fresh);
    trainee->exportTo(fresh);
    if (sizeOf(fresh) > kLargestModel)
        throw std::runtime_error(name + ": the exported model has more than 4 MiB");

    const double now = selectionOf(*trainee, fresh);
    if (fs::exists(to + "/README.md") && !always) {
        const double before = selectionOf(*trainee, to);
        if (now - before < trainee->worthShipping()) {
            log << name << ": " << now << " against " << before
                << " of the shipped model: not worth replacing it" << std::endl;
            fs::remove_all(fresh);
            return false;
        }
    }
    Card card{name, at.step, schedule.steps, schedule.seed, at.seconds / 3600.0, {}, {}, {}};
    card.start = startOf(places, name);
    card.scores = scoresOf(*trainee, fresh, card.selection);
    writeWhole(fresh + "/README.md", cardText(card, recipe, sourceTables(places, *trainee)));
    fs::remove_all(to);
    fs::rename(fresh, to);
    log << name << ": shipped, " << card.selection.name << " " << now << " " << card.selection.unit
        << std::endl;
    return true;
}

} // namespace vitrine::learning
