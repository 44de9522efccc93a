#include "core/learning/nets/training/starting_weights.h"

#include <filesystem>
#include <stdexcept>

namespace vitrine::learning
{

TensorFile startingWeights(const Settings& settings, const Places& places)
{
    const std::string name = settings.text("start");
    const std::string path = places.models + "/" + name + "/model.safetensors";
    if (!std::filesystem::exists(path))
        throw std::runtime_error(settings.path() + ": start = " + name + ": there is no " + path);
    return readTensorFile(path);
}

} // namespace vitrine::learning
