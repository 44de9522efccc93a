#pragma once

#include "core/learning/nets/language/recipe.h"

#include <iosfwd>
#include <string>

namespace vitrine::learning
{

// What a finished training run is good for. Free of libtorch, so that the programs that only ask
// need not read it. Both throw std::runtime_error with one line saying what is wrong.

// The recipe's checkpoint as a model in Hugging Face's layout.
void exportCheckpoint(const Recipe& recipe, const std::string& folder);

// Held-out loss by source, first-token sinks and later sinks of the weights in `file`
// (.safetensors), a line of JSON each.
void printScores(const Recipe& recipe, const std::string& file, std::ostream& lines);

} // namespace vitrine::learning
