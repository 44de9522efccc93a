#include <QAction>
#include <QMenu>
#include <QMenuBar>

#include "tests/app/window/counting_window.h"

namespace vitrine
{
namespace
{

using FullScreen = tests::CountingWindow;

TEST_F(FullScreen, IsAKeyAwayAndBack)
{
    open();
    window->showPage("count");
    const QSize size = window->size();
    QTest::keyClick(window.get(), Qt::Key_F11);
    EXPECT_TRUE(window->isFullScreen());
    QTest::keyClick(window.get(), Qt::Key_F11);
    EXPECT_FALSE(window->isFullScreen());
    EXPECT_EQ(window->size(), size);
}

TEST_F(FullScreen, IsInTheViewMenuWithItsKey)
{
    open();
    QMenu* menu = window->menuBar()->actions()[2]->menu();
    const auto actions = menu->actions();
    const auto full = std::ranges::find(actions, "Full screen", &QAction::text);
    ASSERT_NE(full, actions.end());
    EXPECT_EQ((*full)->shortcut(), QKeySequence("F11"));
    (*full)->trigger();
    EXPECT_TRUE(window->isFullScreen());
    emit menu->aboutToShow();
    EXPECT_TRUE((*full)->isChecked());
}

TEST_F(FullScreen, IsNotWhatAWindowComesBackIn)
{
    open();
    QTest::keyClick(window.get(), Qt::Key_F11);
    window->close();
    open();
    EXPECT_FALSE(window->isFullScreen());
}

} // namespace
} // namespace vitrine
