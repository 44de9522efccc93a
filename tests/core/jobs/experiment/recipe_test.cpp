#include "core/jobs/experiment/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

using testing::ElementsAre;
using testing::Pair;

TEST(TrainingRecipe, IsKeysAndValuesWithoutComments)
{
    const auto recipe =
        parseRecipe("\xef\xbb\xbf# a\nwidth = 64  # b\r\n\nlearning_rate=1e-3", "r");

    ASSERT_TRUE(recipe) << recipe.error().message;
    EXPECT_THAT(*recipe, ElementsAre(Pair("learning_rate", "1e-3"), Pair("width", "64")));
}

TEST(TrainingRecipe, NamesTheLineThatIsWrong)
{
    EXPECT_EQ(parseRecipe("a = 1\nb\n", "r.recipe").error().message,
              "cannot read r.recipe: line 2 is not key = value");
    EXPECT_EQ(parseRecipe("= 1\n", "r.recipe").error().message,
              "cannot read r.recipe: line 1 is not key = value");
    EXPECT_EQ(parseRecipe("a = 1\n\na = 2\n", "r.recipe").error().message,
              "cannot read r.recipe: line 3 sets a once more");
}

} // namespace
} // namespace vitrine
