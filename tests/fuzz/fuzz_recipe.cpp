// As the experiment reads a recipe, as the queue does, and as the trainer of language models does.
#include "core/jobs/experiment/recipe.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/nets_files.h"

VITRINE_FUZZ_TARGET([](std::string_view bytes) {
    return vitrine::parseRecipe(bytes, "fuzz").and_then([&](const auto&) {
        return vitrine::fuzz::readNetsRecipe(std::string(bytes));
    });
})
