#include "core/learning/nets/language/recipe.h"

#include "core/learning/nets/training/settings.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

std::string written(const std::string& content)
{
    const auto path = (std::filesystem::temp_directory_path() /
                       ("vitrine-recipe-test-" + std::to_string(::getpid()) + ".recipe"))
                          .string();
    std::ofstream(path) << content;
    return path;
}

TEST(Recipe, ReadsKeysAndIgnoresComments)
{
    const Recipe recipe =
        readRecipe(written("# a\nwidth = 64  # b\n\nlearning_rate=1e-3\nwindows = 0:32 0.5:64\n"));

    EXPECT_EQ(recipe.width, 64);
    EXPECT_EQ(recipe.learningRate, 1e-3);
    EXPECT_EQ(windowAt(recipe, 0.49), 32);
    EXPECT_EQ(windowAt(recipe, 0.5), 64);
}

TEST(Recipe, NamesTheLineThatIsWrong)
{
    try {
        readRecipe(written("width = 64\nwidht = 32\n"));
        FAIL() << "it was read";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find(":2: unknown key \"widht\""), std::string::npos)
            << error.what();
    }
}

TEST(Recipe, NamesAKeyThatIsGivenTwice)
{
    try {
        readRecipe(written("width = 64\n\nwidth = 32\n"));
        FAIL() << "it was read";
    } catch (const std::exception& error) {
        EXPECT_NE(std::string(error.what()).find(":3: width is given twice"), std::string::npos)
            << error.what();
    }
}

TEST(Recipe, OfEachShippedModelIsRead)
{
    int language = 0, others = 0;
    for (const auto& file : std::filesystem::directory_iterator(std::string(VITRINE_SOURCE_DIR) +
                                                                "/resources/recipes")) {
        if (file.path().extension() != ".recipe")
            continue;
        const Settings settings = Settings::read(file.path().string());
        EXPECT_GT(settings.integer("steps", 0, 1, INT64_MAX), 0) << file.path();
        if (settings.has("network")) {
            ++others;
            continue;
        }
        EXPECT_GT(readRecipe(file.path().string()).steps, 0) << file.path();
        ++language;
    }
    EXPECT_EQ(language, 2);
    EXPECT_GE(others, 11);
}

TEST(Recipe, RateWarmsUpAndFallsToItsLastShare)
{
    Recipe recipe;
    recipe.learningRate = 1.0;
    recipe.warmUp = 9;

    EXPECT_NEAR(rateAt(recipe, 0, 0.0), 0.1, 1e-12);
    EXPECT_NEAR(rateAt(recipe, 9, 0.0), 1.0, 1e-12);
    EXPECT_NEAR(rateAt(recipe, 100, 0.5), 0.55, 1e-12);
    EXPECT_NEAR(rateAt(recipe, 100, 1.0), 0.1, 1e-12);
}

} // namespace
} // namespace vitrine::learning
