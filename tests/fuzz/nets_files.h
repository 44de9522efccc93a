#pragma once

#include "core/base/result.h"
#include "core/learning/nets/language/recipe.h"
#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/schedule.h"

#include <sstream>
#include <string>

// The readers of core/learning/nets throw; here what they throw is an error like any other. Another
// exception than theirs ends the test.
namespace vitrine::fuzz
{

inline Result<void> readNetsRecipe(const std::string& bytes)
{
    try {
        std::istringstream queue(bytes), language(bytes);
        const auto settings = learning::Settings::read(queue, "fuzz");
        (void)learning::scheduleOf(settings);
        const learning::Recipe recipe = learning::readRecipe(language, "fuzz");
        (void)learning::windowAt(recipe, 0.5);
        (void)learning::rateAt(recipe, 3, 0.5);
        return {};
    } catch (const std::runtime_error& error) {
        return inputError("{}", error.what());
    }
}

inline Result<void> readNetsCard(const std::string& bytes)
{
    try {
        std::istringstream in(bytes);
        for (const learning::Score& score : learning::readCard(in, "fuzz").scores)
            (void)learning::scoreLine(score);
        return {};
    } catch (const std::runtime_error& error) {
        return inputError("{}", error.what());
    }
}

} // namespace vitrine::fuzz
