#include "core/learning/nets/queue/start.h"

#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/tensor_file.h"

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;

std::string startNote(const QueuePlaces& places, const std::string& name)
{
    return places.state + "/" + name + "/start.txt";
}

} // namespace

void beginFromStart(const QueuePlaces& places, const std::string& name, const Settings& recipe,
                    Trainee& trainee)
{
    const std::string start = recipe.text("start", ""), folder = places.state + "/" + name;
    if (start.empty() || fs::exists(folder + "/checkpoint.safetensors") ||
        fs::exists(places.models + "/" + name + "/README.md"))
        return;
    const std::string from = places.models + "/" + start;
    if (!hasCard(from))
        throw std::runtime_error(recipe.path() + ": start = " + start +
                                 ": no such model is shipped in " + places.models);
    const Card card = readCard(from);
    trainee.beginFrom(from);
    fs::create_directories(folder);
    writeWhole(startNote(places, name), start + ", step " + std::to_string(card.step) + " of " +
                                            std::to_string(card.steps) + "\n");
}

std::string startOf(const QueuePlaces& places, const std::string& name)
{
    std::ifstream note(startNote(places, name));
    if (std::string line; std::getline(note, line))
        return line;
    const std::string shipped = places.models + "/" + name;
    return hasCard(shipped) ? readCard(shipped).start : "";
}

} // namespace vitrine::learning
