#pragma once

#include "core/learning/nets/language/language_model.h"
#include "core/learning/nets/language/recipe.h"

#include <string>

namespace vitrine::learning
{

// The weights of a checkpoint or of an exported model; the shape comes from the recipe.
void loadCheckpoint(LanguageModel& model, const std::string& path);

torch::Device deviceOf(const Recipe& recipe);

} // namespace vitrine::learning
