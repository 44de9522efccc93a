#include "app/window/run_starter.h"

#include "tests/app/window/room_bench.h"

namespace vitrine
{
namespace
{

// A starter whose changes are applied at once, as the window's history does.
struct RunStarterTest : tests::RoomBench {
    RunStarterTest() { listenTo(starter); }

    void listenTo(RunStarter& told)
    {
        QObject::connect(&told, &RunStarter::changed, &parent, [this](const Change& change) {
            changes.push_back(change);
            shelf.room(change.room)->apply(change.after);
        });
        QObject::connect(&told, &RunStarter::message, &parent,
                         [this](const QString& line) { messages << line; });
    }
    bool waitFor(const std::function<bool()>& reached) { return QTest::qWaitFor(reached, 10'000); }
    QStringList shownRuns() { return shelf.room("count")->state().runs; }

    RunStarter starter{runner, shelf, nullptr};
    std::vector<Change> changes;
};

TEST_F(RunStarterTest, ShowsARunInItsRoomWhenItIsDone)
{
    QSignalSpy began(&starter, &RunStarter::began);

    const QString uid = starter.start("test.count", {{"limit", "10"}}, "count", false);

    ASSERT_FALSE(uid.isEmpty());
    EXPECT_EQ(began.count(), 1);
    EXPECT_EQ(starter.pending().keys(), QStringList{uid});
    EXPECT_TRUE(changes.empty());
    ASSERT_TRUE(waitFor([&] { return !changes.empty(); }));
    EXPECT_EQ(changes[0].label, "Show run 1");
    EXPECT_EQ(shownRuns(), QStringList{uid});
    EXPECT_EQ(shelf.room("count")->state().params.at("limit"), "10");
    EXPECT_TRUE(starter.pending().isEmpty());
}

TEST_F(RunStarterTest, PutsARunInThePlaceOfTheOthersOrBesideThem)
{
    const QString first = starter.start("test.count", {}, "count", false);
    ASSERT_TRUE(waitFor([&] { return changes.size() == 1; }));
    const QString second = starter.start("test.count", {}, "count", true);
    ASSERT_TRUE(waitFor([&] { return changes.size() == 2; }));
    EXPECT_EQ(shownRuns(), (QStringList{first, second}));

    const QString third = starter.start("test.count", {}, "count", false);
    ASSERT_TRUE(waitFor([&] { return changes.size() == 3; }));
    EXPECT_EQ(shownRuns(), QStringList{third});
}

TEST_F(RunStarterTest, StartsRunsThatBelongTogetherOneAfterTheOther)
{
    starter.startAll("test.count", {}, {{{"limit", "2"}}, {{"limit", "3"}}}, "count");
    EXPECT_EQ(runner.active().size(), 1u);

    ASSERT_TRUE(waitFor([&] { return changes.size() == 3; }));

    EXPECT_EQ(shownRuns().size(), 3);
    EXPECT_EQ(runner.store().count({}), 3);
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(runner.load(shownRuns()[i]).value()->number, i + 1);
}

TEST_F(RunStarterTest, AddsRunsBesideWhatIsShown)
{
    const QString first = starter.start("test.count", {}, "count", false);
    ASSERT_TRUE(waitFor([&] { return changes.size() == 1; }));

    starter.addAll("test.count", {{{"limit", "2"}}, {{"limit", "3"}}}, "count");
    EXPECT_EQ(runner.active().size(), 1u);
    ASSERT_TRUE(waitFor([&] { return changes.size() == 3; }));

    ASSERT_EQ(shownRuns().size(), 3);
    EXPECT_EQ(shownRuns()[0], first);
    starter.addAll("test.count", {}, "count");
    EXPECT_TRUE(runner.active().empty());
}

TEST_F(RunStarterTest, SaysWhyARunCannotStart)
{
    EXPECT_TRUE(starter.start("test.unknown", {}, "count", false).isEmpty());
    EXPECT_TRUE(starter.start("test.count", {{"limit", "many"}}, "count", false).isEmpty());

    ASSERT_EQ(messages.size(), 2);
    EXPECT_TRUE(messages[0].contains("test.unknown"));
    EXPECT_TRUE(messages[1].contains("limit"));
    EXPECT_TRUE(starter.pending().isEmpty());
    EXPECT_TRUE(runner.active().empty());
}

TEST_F(RunStarterTest, LeavesTheRoomAsItIsWhereARunFails)
{
    useWorker(tests::kFailingWorker);
    const QString uid = starter.start("test.count", {}, "count", false);

    ASSERT_TRUE(waitFor([&] { return starter.pending().isEmpty(); }));

    EXPECT_TRUE(changes.empty());
    EXPECT_TRUE(shownRuns().isEmpty());
    EXPECT_EQ(runner.load(uid).value()->state, RunState::failed);
    EXPECT_TRUE(messages.last().startsWith("Run 1 failed")) << messages.last().toStdString();
}

TEST_F(RunStarterTest, BringsWhatWasStoredWhileNoWindowWatched)
{
    const QString uid = starter.start("test.count", {}, "count", false);
    const QJsonObject pending = starter.pending();
    ASSERT_TRUE(waitFor([&] { return !changes.empty(); }));
    shelf.room("count")->apply({.experiment = "test.count"});
    ASSERT_TRUE(shownRuns().isEmpty());

    RunStarter next(runner, shelf, nullptr);
    listenTo(next);
    next.restore(pending, {"dismissed-uid"});
    EXPECT_EQ(next.pending(), pending);
    next.catchUp();

    EXPECT_EQ(shownRuns(), QStringList{uid});
    EXPECT_TRUE(next.pending().isEmpty());
    EXPECT_EQ(next.dismissed(), QJsonArray{"dismissed-uid"});
}

TEST_F(RunStarterTest, RemembersOnceWhatWasDismissed)
{
    QSignalSpy told(&starter, &RunStarter::wasDismissed);

    starter.dismiss("some-uid");
    starter.dismiss("some-uid");

    EXPECT_EQ(starter.dismissed(), QJsonArray{"some-uid"});
    EXPECT_EQ(told.count(), 2);
}

} // namespace
} // namespace vitrine
