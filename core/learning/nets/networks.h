#pragma once

#include "core/learning/nets/training/trainee.h"

#include <memory>
#include <string>
#include <vector>

namespace vitrine::learning
{

// What the key `network` of a recipe may be.
std::vector<std::string> trainableNetworks();

// Throws std::runtime_error where the recipe or its data are not fit.
std::unique_ptr<Trainee> makeTrainee(const Settings& settings, const Places& places);

} // namespace vitrine::learning
