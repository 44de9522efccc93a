#include "core/learning/nets/training/starting_weights.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

Settings recipeThatSays(const std::string& text)
{
    std::istringstream in(text);
    return Settings::read(in, "tuned.recipe");
}

TEST(StartingWeights, AreThoseOfTheShippedModelThatTheRecipeNames)
{
    const tests::TemporaryFolder folder;
    std::filesystem::create_directories(folder.path / "teacher");
    TensorFile shipped;
    shipped.tensors.emplace_back("head.weight", torch::tensor({0.5f, -2.0f}));
    writeTensorFile((folder.path / "teacher/model.safetensors").string(), shipped, Storage::f16);
    const Places places{.data = "", .testData = "", .models = folder.path.string()};

    const TensorFile start = startingWeights(recipeThatSays("start = teacher"), places);

    ASSERT_NE(start.find("head.weight"), nullptr);
    EXPECT_TRUE(start.find("head.weight")->equal(torch::tensor({0.5f, -2.0f})));
}

TEST(StartingWeights, AreAskedForByName)
{
    const tests::TemporaryFolder folder;
    const Places places{.data = "", .testData = "", .models = folder.path.string()};
    const auto messageOf = [&](const std::string& text) {
        try {
            startingWeights(recipeThatSays(text), places);
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };

    EXPECT_EQ(messageOf("steps = 3"), "tuned.recipe: start is missing");
    EXPECT_EQ(messageOf("start = teacher"), "tuned.recipe: start = teacher: there is no " +
                                                folder.path.string() +
                                                "/teacher/model.safetensors");
}

} // namespace
} // namespace vitrine::learning
