#include "app/window/room_memory.h"

#include <QJsonDocument>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const RoomState kMaps{.experiment = "maps", .runs = {"a", "b"}, .view = {{"zoom", 4}}};
const RoomState kText{.experiment = "text", .params = {{"prompt", "Call me Ishmael."}}};

bool knowsAll(const QString&)
{
    return true;
}

TEST(RoomMemory, AnExperimentComesBackAsItWasLeft)
{
    RoomMemory memory;
    memory.show(kMaps);
    memory.show(kText);

    EXPECT_EQ(memory.shown(), kText);
    EXPECT_EQ(memory.of("maps"), kMaps);
    EXPECT_EQ(memory.of("text"), kText);
    EXPECT_EQ(memory.of("never"), RoomState{.experiment = "never"});
}

TEST(RoomMemory, OutlivesTheWindow)
{
    RoomMemory memory;
    memory.show(kMaps);
    memory.show(kText);
    const QByteArray bytes = QJsonDocument(memory.toJson()).toJson();

    const QJsonObject stored = QJsonDocument::fromJson(bytes).object();
    RoomMemory back;
    back.show(roomStateFrom(stored));
    back.restoreOthers(stored, knowsAll);

    EXPECT_EQ(back.shown(), kText);
    EXPECT_EQ(back.of("maps"), kMaps);
    EXPECT_EQ(back.toJson(), memory.toJson());
}

// A workspace of a program that had other experiments.
TEST(RoomMemory, LeavesOutExperimentsThatTheRoomHasNoMore)
{
    RoomMemory memory;
    memory.show(kMaps);
    memory.show(kText);

    RoomMemory back;
    back.restoreOthers(memory.toJson(), [](const QString& id) { return id == "text"; });

    EXPECT_EQ(back.of("maps"), RoomState{.experiment = "maps"});
}

TEST(RunPlacesOfARoom, ARunThatStaysKeepsItsPlaceAndANewOneTakesTheFirstThatIsFree)
{
    const RoomState one{.experiment = "maps", .runs = {"a"}};
    RoomState beside = one;
    beside.runs << "b";
    beside = withPlaces(one, beside, {});
    EXPECT_EQ(beside.view["run_places"], (QJsonObject{{"a", 0}, {"b", 1}}));

    RoomState alone = beside;
    alone.runs = {"b"};
    alone = withPlaces(beside, alone, {});
    EXPECT_EQ(alone.view["run_places"], (QJsonObject{{"b", 1}}));

    RoomState other = alone;
    other.runs << "c";
    EXPECT_EQ(withPlaces(alone, other, {}).view["run_places"], (QJsonObject{{"b", 1}, {"c", 0}}));
}

TEST(RunPlacesOfARoom, AreNotWrittenWhereTheyAreTheUsualOnes)
{
    const RoomState none{.experiment = "maps"}, one{.experiment = "maps", .runs = {"a"}};

    EXPECT_EQ(withPlaces(none, one, {{"zoom", 3}}), one);
    EXPECT_EQ(withPlaces(one, one, {}), one);
}

// A state that names nothing is shown with what the view has: that stays.
TEST(RunPlacesOfARoom, KeepWhatTheViewShows)
{
    const RoomState none{.experiment = "maps"},
        two{.experiment = "maps", .runs = {"a", "b"}, .view = {}};

    EXPECT_EQ(withPlaces(none, two, {{"zoom", 3}}).view["zoom"], 3);
}

// Each experiment has its own runs: those of the one that was shown before take no colour here.
TEST(RunPlacesOfARoom, AreThoseOfTheExperiment)
{
    const RoomState before{
        .experiment = "text", .runs = {"x", "a"}, .view = {{"run_places", QJsonObject{{"a", 1}}}}};
    const RoomState after{.experiment = "maps", .runs = {"a", "b"}};

    EXPECT_EQ(withPlaces(before, after, {}).view["run_places"], (QJsonObject{{"a", 0}, {"b", 1}}));
}

} // namespace
} // namespace vitrine
