#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <string_view>
#include <vector>

namespace vitrine
{

// Where shipped files lie: $VITRINE_RESOURCES, else ../share/vitrine from the program, else the
// source tree it was built from (only in a build folder). `relative` is e.g. "models/vitrine-lm".
Result<std::filesystem::path> findResource(std::string_view relative);

// A `model=` value: the name of a shipped model if it has no slash and there is one of that name,
// else a path as it stands.
Result<std::filesystem::path> findModel(std::string_view nameOrPath);

// Names of the shipped models of a kind, sorted; networks of other kinds lie beside them. Language
// models have a tokenizer, vision transformers say in config.json how large their pictures are
// ("img_size").
std::vector<std::string> shippedLanguageModels();
std::vector<std::string> shippedVisionModels();

} // namespace vitrine
