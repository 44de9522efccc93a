#include <QDockWidget>
#include <QLineEdit>
#include <QPushButton>
#include <QTabBar>

#include "app/window/form_handle.h"
#include "tests/app/window/counting_window.h"

namespace vitrine
{
namespace
{

using tests::named;

// The form is for what is to be run, at any size of the window.
struct FormFolds : tests::CountingWindow, testing::WithParamInterface<QSize> {
    FormFolds() { start(); }

    void start()
    {
        open();
        window->resize(GetParam());
        window->showPage("count");
    }
    bool isOpen() { return named<QLineEdit>(*window, "Limit") != nullptr; }
    FormHandle* handle() { return named<FormHandle>(*window, "Open parameters"); }
    void press(Qt::Key key) { QTest::keyClick(window.get(), key); }
    void run()
    {
        const std::size_t before = view().runs.size();
        const QString uid = window->startRun("test.count", {}, "count", before > 0);
        ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == before + 1; }, 10'000));
    }
};

TEST_P(FormFolds, OnceARunIsShownAndComesBackWhereNoneIs)
{
    EXPECT_TRUE(isOpen());
    EXPECT_EQ(handle(), nullptr);
    run();
    EXPECT_FALSE(isOpen());
    EXPECT_NE(handle(), nullptr);

    auto* tabs = named<QTabBar>(*window, "Experiments");
    QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(1).center());
    EXPECT_TRUE(isOpen()) << "nothing is shown there yet";
    QTest::mouseClick(tabs, Qt::LeftButton, {}, tabs->tabRect(0).center());
    EXPECT_FALSE(isOpen());
    window->history().stack().undo();
    window->history().stack().undo();
    window->history().stack().undo(); // no run is shown
    EXPECT_TRUE(isOpen());
}

TEST_P(FormFolds, TheHandleAndF4OpenAndFoldIt)
{
    run();
    QTest::mouseClick(handle(), Qt::LeftButton);
    EXPECT_TRUE(isOpen());
    QTest::mouseClick(named<QToolButton>(*window, "Fold parameters"), Qt::LeftButton);
    EXPECT_FALSE(isOpen());
    press(Qt::Key_F4);
    EXPECT_TRUE(isOpen());
    press(Qt::Key_F4);
    EXPECT_FALSE(isOpen());
    handle()->setFocus(Qt::TabFocusReason);
    QTest::keyClick(handle(), Qt::Key_Space);
    EXPECT_TRUE(isOpen());
}

TEST_P(FormFolds, NotWhereAPersonOpenedItBesideARun)
{
    run();
    press(Qt::Key_F4);
    run();
    EXPECT_TRUE(isOpen());
    window->close();
    start();
    EXPECT_TRUE(isOpen()) << "remembered";
    press(Qt::Key_F4);
    run();
    EXPECT_FALSE(isOpen());
    ASSERT_TRUE(autosaved());
    start();
    EXPECT_FALSE(isOpen());
}

TEST_P(FormFolds, ButOpensWhereARunCannotBegin)
{
    run();
    press(Qt::Key_F4);
    auto* limit = named<QLineEdit>(*window, "Limit");
    limit->selectAll();
    QTest::keyClicks(limit, "many");
    press(Qt::Key_F4);
    ASSERT_FALSE(isOpen());

    QTest::keyClick(window.get(), Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(isOpen());
    limit = named<QLineEdit>(*window, "Limit");
    EXPECT_EQ(window->focusWidget(), limit);
    EXPECT_TRUE(window->runner().active().empty());
    limit->selectAll();
    QTest::keyClicks(limit, "9");
    EXPECT_TRUE(isOpen()) << "while it is mended";
}

TEST_P(FormFolds, TheWindowKeepsItsSize)
{
    const QSize size = window->size();
    run();
    press(Qt::Key_F4);
    QCoreApplication::sendPostedEvents();
    EXPECT_EQ(window->size(), size);
}

// A view that needs most of the window's width.
TEST_P(FormFolds, RatherThanMakeTheWindowWider)
{
    view().setMinimumWidth(GetParam().width() - 200);
    QCoreApplication::sendPostedEvents();
    EXPECT_TRUE(isOpen()) << "a page without a run needs less";
    EXPECT_EQ(window->size(), GetParam());

    view().setMinimumWidth(0);
    run();
    press(Qt::Key_F4);
    window->showPage("home");
    view().setMinimumWidth(GetParam().width() - 200);
    window->showPage("count");
    QCoreApplication::sendPostedEvents();
    EXPECT_FALSE(isOpen());
    EXPECT_EQ(window->size(), GetParam());
    press(Qt::Key_F4);
    EXPECT_TRUE(isOpen()) << "asked for";
}

TEST_P(FormFolds, BeforeAPageNeedsItsPlace)
{
    view().widthWithRuns = GetParam().width() - 200;
    EXPECT_TRUE(isOpen());
    run();
    QCoreApplication::sendPostedEvents();
    EXPECT_FALSE(isOpen());
    EXPECT_EQ(window->size(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Sizes, FormFolds, testing::Values(QSize(1024, 700), QSize(1440, 900)));

} // namespace
} // namespace vitrine
