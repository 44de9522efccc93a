#include "app/window/report_desk.h"

#include "app/window/run_starter.h"
#include "tests/app/window/room_bench.h"
#include "widgets/report/reports_page.h"

#include <QStackedWidget>

namespace vitrine
{
namespace
{

// A desk whose changes are applied at once, as the window's history does.
struct ReportDeskTest : tests::RoomBench {
    ReportDeskTest()
    {
        QObject::connect(&desk, &ReportDesk::changed, &parent, [this](const Change& change) {
            rooms << change.room;
            desk.restore(change.after.view);
        });
        QObject::connect(&desk, &ReportDesk::message, &parent,
                         [this](const QString& line) { messages << line; });
    }
    QString storedRun()
    {
        RunStarter starter(runner, shelf, nullptr);
        QSignalSpy shown(&starter, &RunStarter::shown);
        const QString uid = starter.start("test.count", {}, "count", false);
        EXPECT_TRUE(QTest::qWaitFor([&] { return shown.count() == 1; }, 10'000));
        return uid;
    }
    QString stateText() const
    {
        return QString::fromUtf8(QJsonDocument(desk.state()).toJson(QJsonDocument::Compact));
    }

    QStackedWidget pages;
    ReportDesk desk{{shelf, runner, context, store(), folder.filePath("worker").toStdString()},
                    &pages,
                    nullptr};
    QStringList rooms; // whose state was changed
};

TEST_F(ReportDeskTest, MakesItsPageWhenItIsFirstAskedFor)
{
    EXPECT_FALSE(desk.isOpen());
    EXPECT_EQ(pages.count(), 0);

    ReportsPage* page = desk.page();

    EXPECT_TRUE(desk.isOpen());
    EXPECT_EQ(desk.page(), page);
    EXPECT_EQ(pages.count(), 1);
    EXPECT_EQ(pages.widget(0), static_cast<QWidget*>(page));
}

TEST_F(ReportDeskTest, AddsAFigureOfAStoredRunAsItIsDrawn)
{
    figure::Figure figure{.name = "count"};
    figure.recipe.runs = {"0123456789abcdef"};
    figure.recipe.state = R"({"zoom":4})";

    desk.add(figure, nullptr);

    EXPECT_EQ(rooms, QStringList{"reports"});
    EXPECT_TRUE(stateText().contains("0123456789abcdef")) << stateText().toStdString();
    EXPECT_TRUE(stateText().contains("zoom"));
    ASSERT_FALSE(messages.isEmpty());
    EXPECT_TRUE(messages.last().startsWith("Added count to the report"));
}

TEST_F(ReportDeskTest, RefusesAFigureOfNoStoredRun)
{
    desk.add({.name = "count"}, nullptr);
    figure::Figure live{.name = "count"};
    live.recipe.runs = {""}; // a live result has no uid
    desk.add(live, nullptr);

    EXPECT_TRUE(rooms.isEmpty());
    ASSERT_EQ(messages.size(), 2);
    EXPECT_TRUE(messages[0].contains("press Run"));
    EXPECT_EQ(messages[1], messages[0]);
}

TEST_F(ReportDeskTest, KeepsWhatWasRestoredUntilThereIsAPage)
{
    desk.add(
        [] {
            figure::Figure figure{.name = "count"};
            figure.recipe.runs = {"0123456789abcdef"};
            return figure;
        }(),
        nullptr);
    const QJsonObject kept = desk.state();

    ReportDesk next({shelf, runner, context, store(), {}}, &pages, nullptr);
    next.restore(kept);
    EXPECT_FALSE(next.isOpen());
    EXPECT_EQ(next.state(), kept);
    next.page();
    EXPECT_EQ(next.state(), kept);
}

TEST_F(ReportDeskTest, MakesAReportOfRunsAndSaysWhereThereIsNone)
{
    const QString uid = storedRun();
    desk.page();

    desk.make({uid});
    ASSERT_TRUE(QTest::qWaitFor([&] { return !rooms.isEmpty(); }, 10'000));
    EXPECT_TRUE(stateText().contains(uid)) << stateText().toStdString();

    const qsizetype said = messages.size();
    desk.make({"ffffffffffffffffffffffffffffffff"});
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return messages.size() > said || rooms.size() > 1; }, 10'000));
    EXPECT_TRUE(messages.last().contains("ffffffff")) << messages.last().toStdString();
}

} // namespace
} // namespace vitrine
