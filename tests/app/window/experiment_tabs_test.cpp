#include <QLineEdit>
#include <QListWidget>
#include <QTabBar>

#include "app/window/command_palette.h"
#include "app/window/parameter_panel.h"
#include "tests/app/window/counting_window.h"
#include "widgets/params/param_form.h"

namespace vitrine
{
namespace
{

using tests::named;

struct ExperimentTabs : tests::CountingWindow {
    ExperimentTabs()
    {
        open();
        window->showPage("count");
    }

    QTabBar& tabs() { return *named<QTabBar>(*window, "Experiments"); }
    void click(int tab)
    {
        QTest::mouseClick(&tabs(), Qt::LeftButton, {}, tabs().tabRect(tab).center());
    }
    void type(const QString& limit)
    {
        if (named<QLineEdit>(*window, "Limit") == nullptr) // folded, a run is shown
            QTest::keyClick(window.get(), Qt::Key_F4);
        auto* field = named<QLineEdit>(*window, "Limit");
        field->selectAll();
        QTest::keyClicks(field, limit);
    }
    ParamForm::Values form() { return room().panel()->form().values(); }
    void run()
    {
        window->startRun("test.count", {}, "count", false);
        ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    }
};

TEST_F(ExperimentTabs, StandInTheOrderOfThePlugin)
{
    ASSERT_EQ(tabs().count(), 2);
    EXPECT_EQ(tabs().tabText(0), "Count");
    EXPECT_EQ(tabs().tabText(1), "Tally");
    EXPECT_EQ(tabs().tabToolTip(1), "Counts by fives.");
    EXPECT_EQ(tabs().currentIndex(), 0);
}

// By mouse and keyboard, and over a restart.
TEST_F(ExperimentTabs, AreAsTheyWereLeft)
{
    run();
    type("77");
    view().context.change(&view(), {{"zoom", 4}}, "Zoom", {});
    const RoomState left = room().state();

    click(1);
    EXPECT_EQ(room().state().experiment, "test.tally");
    EXPECT_TRUE(view().runs.empty());
    click(0);
    EXPECT_EQ(room().state(), left);
    EXPECT_EQ(view().runs.size(), 1u);
    EXPECT_EQ(view().current["zoom"].toInt(), 4);

    tabs().setFocus();
    QTest::keyClick(&tabs(), Qt::Key_Right);
    EXPECT_EQ(tabs().currentIndex(), 1);
    window->close(); // saves
    open();
    ASSERT_EQ(room().state().experiment, "test.tally");
    EXPECT_EQ(tabs().currentIndex(), 1);
    tabs().setFocus();
    QTest::keyClick(&tabs(), Qt::Key_Left);
    EXPECT_EQ(room().state(), left);
    EXPECT_EQ(view().runs.size(), 1u);
}

TEST_F(ExperimentTabs, ClickedAgainChangeNothing)
{
    run();
    const RoomState before = room().state();
    const int steps = window->history().stack().count();
    click(0);
    EXPECT_EQ(room().state(), before);
    EXPECT_EQ(window->history().stack().count(), steps);
}

TEST_F(ExperimentTabs, AreUndoneLikeAnyChange)
{
    type("77");
    const RoomState left = room().state();
    click(1);
    const RoomState other = room().state();
    tabs().setFocus(); // a text field undoes its own typing
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(room().state(), left);
    EXPECT_EQ(tabs().currentIndex(), 0);
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(room().state(), other);
    EXPECT_EQ(tabs().currentIndex(), 1);
}

// Until it is set there by hand; over a restart too.
TEST_F(ExperimentTabs, ShareWhatIsSetInOneOfThem)
{
    type("77");
    click(1);
    EXPECT_EQ(form(), (ParamForm::Values{{"limit", "77"}}));
    click(0);
    type("88");
    ASSERT_TRUE(autosaved());
    open();
    click(1);
    EXPECT_EQ(form(), (ParamForm::Values{{"limit", "88"}})) << "what was carried is not by hand";

    type("5");
    click(0);
    EXPECT_EQ(form(), (ParamForm::Values{{"limit", "88"}})) << "set here by hand";
    type("99");
    click(1);
    EXPECT_EQ(form(), (ParamForm::Values{{"limit", "5"}})) << "set there by hand";
}

TEST_F(ExperimentTabs, DoNotMakeANarrowWindowWider)
{
    for (int i = 0; i < 12; ++i)
        tabs().addTab(QString("One more experiment with a long name %1").arg(i));
    window->resize(1024, 700);
    QCoreApplication::sendPostedEvents();
    EXPECT_EQ(window->width(), 1024);
    EXPECT_LE(tabs().width(), room().width());
}

TEST_F(ExperimentTabs, AreFoundByNameInThePalette)
{
    window->showPage("home");
    QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* line = named<QLineEdit>(*window->findChild<CommandPalette*>(), "Find an action");
    QTest::keyClicks(line, "tally");
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_EQ(window->currentPage(), "count");
    EXPECT_EQ(tabs().currentIndex(), 1);
    EXPECT_EQ(room().state().experiment, "test.tally");
}

} // namespace
} // namespace vitrine
