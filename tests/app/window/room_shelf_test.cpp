#include "app/window/room_shelf.h"

#include "tests/app/window/room_bench.h"

namespace vitrine
{
namespace
{

using RoomShelfTest = tests::RoomBench;

const QJsonObject kSaved = {
    {"count",
     QJsonObject{
         {"experiment", "test.tally"},
         {"view", QJsonObject{{"zoom", 3}}},
         {"others", QJsonObject{{"test.count", QJsonObject{{"experiment", "test.count"},
                                                           {"view", QJsonObject{{"zoom", 7}}}}}}}}},
    {"elsewhere", QJsonObject{{"experiment", "other.run"}}}};

TEST_F(RoomShelfTest, OpensARoomOnceAsItWasLeft)
{
    shelf.restore(kSaved);
    QSignalSpy opened(&shelf, &RoomShelf::opened);
    EXPECT_EQ(shelf.ifOpen("count"), nullptr);
    EXPECT_EQ(made, 0);

    RoomPage* page = shelf.room("count");

    ASSERT_NE(page, nullptr);
    EXPECT_EQ(page->state().experiment, "test.tally");
    EXPECT_EQ(page->stateOf("test.count").view["zoom"].toInt(), 7);
    EXPECT_EQ(shelf.room("count"), page);
    EXPECT_EQ(shelf.ifOpen("count"), page);
    EXPECT_EQ(shelf.roomShowing(page->view()), page);
    EXPECT_EQ(shelf.roomShowing(nullptr), nullptr);
    EXPECT_EQ(made, 1);
    EXPECT_EQ(opened.count(), 1);
}

TEST_F(RoomShelfTest, FindsTheRoomOfAnExperimentAndOfAFile)
{
    ASSERT_NE(shelf.roomOf("test.tally"), nullptr);
    EXPECT_EQ(shelf.roomOf("test.tally"), shelf.room("count"));
    EXPECT_EQ(shelf.roomOf("test.unknown"), nullptr);
    EXPECT_NE(shelf.findExperiment("test.count").experiment, nullptr);
    EXPECT_EQ(shelf.findExperiment("test.unknown").experiment, nullptr);
    EXPECT_NE(shelf.findExperiment("test.unknown").problem.find("test.unknown"), std::string::npos);

    const auto taker = shelf.taking("speech.txt");
    ASSERT_TRUE(taker);
    EXPECT_EQ(taker->room, "count");
    EXPECT_EQ(taker->kind.parameter, "prompt_file");
    EXPECT_FALSE(shelf.taking("speech.exe"));
}

TEST_F(RoomShelfTest, KnowsHowAViewWasLeftBeforeAndAfterItsRoomIsOpened)
{
    shelf.restore(kSaved);

    for (const bool open : {false, true}) {
        EXPECT_EQ(shelf.ifOpen("count") != nullptr, open);
        EXPECT_EQ(shelf.viewStateOf("test.tally")["zoom"].toInt(), 3) << open;
        EXPECT_EQ(shelf.viewStateOf("test.count")["zoom"].toInt(), 7) << open;
        EXPECT_TRUE(shelf.viewStateOf("test.unknown").isEmpty()) << open;
        shelf.room("count");
    }
}

TEST_F(RoomShelfTest, SavesRoomsThatWereNeverOpenToo)
{
    shelf.restore(kSaved);
    EXPECT_EQ(shelf.save(), kSaved);

    RoomPage* page = shelf.room("count");
    RoomState state = page->state();
    state.params = {{"limit", "12"}};
    page->apply(state);

    EXPECT_EQ(shelf.save()["count"].toObject()["params"].toObject()["limit"].toString(), "12");
    EXPECT_EQ(shelf.save()["elsewhere"], kSaved["elsewhere"]);
}

// A room whose plugin cannot be loaded.
struct BrokenRoom : tests::OneRoom {
    Result<Plugin*> load(const QString&) override
    {
        return failure("the plugin is of another age");
    }
};

TEST_F(RoomShelfTest, SaysWhyARoomCannotBeOpened)
{
    BrokenRoom broken;
    RoomShelf shelf(
        broken, [](const RoomInfo&, const Plugin&) -> RoomPage* { return nullptr; }, nullptr);
    QSignalSpy said(&shelf, &RoomShelf::message);

    EXPECT_EQ(shelf.room("count"), nullptr);

    ASSERT_EQ(said.count(), 1);
    EXPECT_EQ(said[0][0].toString(), "the plugin is of another age");
    EXPECT_TRUE(shelf.open().empty());
    EXPECT_EQ(shelf.room("nowhere"), nullptr);
}

} // namespace
} // namespace vitrine
