#include "core/figure/run_places.h"

#include "core/base/json.h"

#include <gmock/gmock.h>

namespace vitrine::figure
{
namespace
{

using testing::ElementsAre;

TEST(RunPlaces, StandInTheOrderOfTheRunsWhereNoneIsRemembered)
{
    EXPECT_THAT(runPlaces({"a", "b", "c"}, {}), ElementsAre(0, 1, 2));
}

TEST(RunPlaces, StayWhereTheyWereWhenAnotherRunGoes)
{
    EXPECT_THAT(runPlaces({"b", "c"}, {{"a", 0}, {"b", 1}, {"c", 2}}), ElementsAre(1, 2));
}

TEST(RunPlaces, ANewRunTakesTheFirstThatIsFree)
{
    EXPECT_THAT(runPlaces({"b", "c", "d", "e"}, {{"b", 1}, {"c", 2}}), ElementsAre(1, 2, 0, 3));
}

TEST(RunPlaces, RunsThatAreNotStoredTakeFreeOnes)
{
    EXPECT_THAT(runPlaces({"", "b", ""}, {{"b", 0}}), ElementsAre(1, 0, 2));
}

TEST(RunPlaces, AreReadBackFromTheStateOfARecipe)
{
    const RunPlaces places{{"a", 3}, {"b", 0}};

    EXPECT_EQ(runPlacesIn(*parseJson(runPlacesText(places), "state")), places);
    EXPECT_EQ(runPlacesText({}), "{}");
    EXPECT_TRUE(runPlacesIn(*parseJson(R"({"run_places": [1]})", "state")).empty());
    EXPECT_TRUE(runPlacesIn(*parseJson(R"({"run_places": {"a": "x"}})", "state")).empty());
}

// A state may come from a file that somebody changed.
TEST(RunPlaces, NoTwoRunsShareOneAndNoneIsNegative)
{
    EXPECT_THAT(runPlaces({"a", "b", "c"}, {{"a", 1}, {"b", 1}, {"c", -4}}), ElementsAre(1, 0, 2));
    EXPECT_THAT(runPlaces({"a"}, {{"a", 2'000'000'000}}), ElementsAre(0));
}

TEST(RunPlaces, ColoursBeginAgainWithTheSeventhWhoseLinesAreDashed)
{
    EXPECT_EQ(lookAt(5).colour, 5);
    EXPECT_EQ(lookAt(5).line, Line::solid);
    EXPECT_EQ(lookAt(6).colour, 0);
    EXPECT_EQ(lookAt(6).line, Line::dash);
    EXPECT_EQ(lookAt(7).colour, 1);
}

} // namespace
} // namespace vitrine::figure
