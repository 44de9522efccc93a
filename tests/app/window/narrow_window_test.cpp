// A window of 1024 x 700 has room for every page, and for the help.
#include <QTextBrowser>

#include "tests/app/window/counting_window.h"

namespace vitrine
{
namespace
{

using tests::named;

struct NarrowWindow : tests::CountingWindow {
    NarrowWindow()
    {
        open();
        window->resize(kSize);
        window->showPage("count");
        window->startRun("test.count", {}, "count", false);
        EXPECT_TRUE(QTest::qWaitFor([this] { return view().runs.size() == 1; }, 10'000));
    }
    void settle()
    {
        QCoreApplication::sendPostedEvents();
        QCoreApplication::processEvents();
    }
    void pressF1()
    {
        QTest::keyClick(window.get(), Qt::Key_F1);
        settle();
    }
    bool showsHelp() { return named<QTextBrowser>(*window, "Help text") != nullptr; }

    static constexpr QSize kSize = {1024, 700};
};

TEST_F(NarrowWindow, ShowsEveryPageWhole)
{
    for (const char* page : {"home", "count", "runs", "reports"}) {
        window->showPage(page);
        settle();
        EXPECT_EQ(window->size(), kSize) << page;
        EXPECT_LE(window->minimumSizeHint().width(), kSize.width()) << page;
    }
    window->showInRuns(QStringList{QString::fromStdString(view().runs.front()->uid)});
    settle();
    EXPECT_LE(window->minimumSizeHint().width(), kSize.width()) << "one run selected";
}

TEST_F(NarrowWindow, ShowsTheHelpInThePlaceOfAPageThatLeavesNoRoomForIt)
{
    view().setMinimumWidth(850);
    settle();

    pressF1();
    EXPECT_TRUE(showsHelp());
    EXPECT_FALSE(view().isVisible());
    EXPECT_EQ(window->size(), kSize);

    pressF1();
    EXPECT_FALSE(showsHelp());
    EXPECT_TRUE(view().isVisible());

    pressF1();
    window->showPage("count"); // asks for the page
    settle();
    EXPECT_FALSE(showsHelp());
    EXPECT_TRUE(view().isVisible());
    EXPECT_EQ(window->size(), kSize);
}

TEST_F(NarrowWindow, ShowsTheHelpBesideAPageThatLeavesRoom)
{
    view().setMinimumWidth(500);
    settle();

    pressF1();

    EXPECT_TRUE(showsHelp());
    EXPECT_TRUE(view().isVisible());
    EXPECT_EQ(window->size(), kSize);
}

TEST_F(NarrowWindow, GivesThePageBackOnceItIsWideEnough)
{
    view().setMinimumWidth(850);
    pressF1();
    ASSERT_FALSE(view().isVisible());

    window->resize(1400, 700);
    settle();

    EXPECT_TRUE(showsHelp());
    EXPECT_TRUE(view().isVisible());
}

} // namespace
} // namespace vitrine
