#include <QLineEdit>

#include "app/window/parameter_panel.h"
#include "tests/app/window/counting_window.h"
#include "widgets/params/param_form.h"

namespace vitrine
{
namespace
{

// A view sends a person to the form of another experiment.
struct OpenForm : tests::CountingWindow {
    OpenForm() { open(); }
};

TEST_F(OpenForm, FillsItInAndRunsNothing)
{
    window->openForm("test.count", {{"limit", "9"}});
    EXPECT_EQ(window->currentPage(), "count");
    EXPECT_EQ(tests::named<QLineEdit>(*window, "Limit")->text(), "9");
    EXPECT_TRUE(tests::named<QLineEdit>(*window, "Limit")->isVisible());
    EXPECT_TRUE(view().runs.empty());
}

TEST_F(OpenForm, LeavesARunThatSaysSomethingElseAndComesBackByUndo)
{
    countTo(7);
    const QString uid = window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    window->openForm("test.count", {{"limit", "9"}});
    EXPECT_TRUE(view().runs.empty());
    window->history().stack().undo();
    ASSERT_EQ(view().runs.size(), 1u);
    EXPECT_EQ(view().runs[0]->uid, uid.toStdString());
}

TEST_F(OpenForm, SaysWhereThereIsNoSuchRoom)
{
    const QString before = window->currentPage();
    window->openForm("no.such", {});
    EXPECT_EQ(window->currentPage(), before);
}

} // namespace
} // namespace vitrine
