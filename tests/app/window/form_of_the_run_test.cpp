#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include "app/window/form_handle.h"
#include "app/window/parameter_panel.h"
#include "tests/app/window/counting_window.h"
#include "widgets/params/param_form.h"

namespace vitrine
{
namespace
{

using tests::named;

// The form is the run on the screen. The worker counts to 7, whatever it is asked for.
struct FormOfTheRun : tests::CountingWindow {
    FormOfTheRun()
    {
        countTo(7);
        open();
        window->showPage("count");
    }

    QLineEdit* limit() { return named<QLineEdit>(*window, "Limit"); }
    void type(const QString& text)
    {
        limit()->selectAll();
        QTest::keyClicks(limit(), text);
    }
    // What stands on the button, without its key.
    QString button()
    {
        const auto buttons = room().panel()->findChildren<QPushButton*>();
        for (const auto* each : buttons)
            if (each->text().startsWith("Run"))
                return each->text().section("   ", 0, 0);
        return {};
    }
    QString run(bool beside = false)
    {
        const std::size_t count = beside ? view().runs.size() + 1 : 1;
        const QString uid = window->startRun("test.count", {}, "count", beside);
        EXPECT_TRUE(QTest::qWaitFor(
            [&] {
                return view().runs.size() == count && view().runs.back()->uid == uid.toStdString();
            },
            10'000));
        return uid;
    }
    bool isMarked() { return named<QLabel>(*window, "Limit has changed") != nullptr; }
    void unfold() { QTest::keyClick(window.get(), Qt::Key_F4); }
};

TEST_F(FormOfTheRun, HoldsItsParameters)
{
    EXPECT_EQ(button(), "Run");
    run();
    unfold();
    EXPECT_EQ(limit()->text(), "7");
    EXPECT_EQ(button(), "Run again");
    EXPECT_FALSE(isMarked());
}

TEST_F(FormOfTheRun, SaysWhatWouldChange)
{
    run();
    unfold();
    type("8");
    EXPECT_EQ(button(), "Run again with 1 change");
    ASSERT_TRUE(isMarked());
    EXPECT_EQ(named<QLabel>(*window, "Limit has changed")->toolTip(),
              "Changed: the run shown has 7");
    named<QLineEdit>(*window, "Text file")->setFocus();
    QTest::keyClicks(named<QLineEdit>(*window, "Text file"), "a.txt");
    EXPECT_EQ(button(), "Run again with 2 changes");
    unfold(); // folds
    EXPECT_EQ(named<FormHandle>(*window, "Open parameters")->text(), "Parameters · 2 changes");
    unfold();
    type("07");
    EXPECT_EQ(button(), "Run again with 1 change") << "07 is 7";
    EXPECT_FALSE(isMarked());
}

TEST_F(FormOfTheRun, IsThatOfTheRunThatIsOpenedAndOfUndo)
{
    const QString first = run();
    countTo(9);
    run();
    unfold();
    EXPECT_EQ(limit()->text(), "9");
    window->openRuns({first});
    EXPECT_EQ(limit()->text(), "7");
    EXPECT_EQ(button(), "Run again");
    window->history().stack().undo();
    EXPECT_EQ(limit()->text(), "9");
    EXPECT_EQ(button(), "Run again");
}

// What was typed while a run was under way is not overwritten by it.
TEST_F(FormOfTheRun, KeepsWhatWasTypedMeanwhile)
{
    const QString uid = window->startRun("test.count", {}, "count", false);
    type("5");
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    unfold();
    EXPECT_EQ(limit()->text(), "5");
    EXPECT_EQ(button(), "Run again with 1 change");
}

TEST_F(FormOfTheRun, OfSeveralIsTheNearest)
{
    const QString first = run();
    countTo(9);
    const QString second = run(true);
    unfold();
    EXPECT_EQ(limit()->text(), "7");
    EXPECT_EQ(button(), "Run again");
    type("9");
    EXPECT_EQ(button(), "Run again") << "the second run has it";
    type("7");

    auto* menu = named<QPushButton>(room(), "Compare")->menu();
    emit menu->aboutToShow();
    for (QAction* action : menu->actions())
        if (action->isCheckable() && action->text().startsWith("run 1 "))
            action->trigger(); // leaves it out
    ASSERT_EQ(room().state().runs, QStringList{second});
    EXPECT_EQ(limit()->text(), "9");
    EXPECT_EQ(button(), "Run again");
}

// One step of undo for both.
TEST_F(FormOfTheRun, TakesWhatIsLiveInTheView)
{
    run();
    unfold();
    window->history().stack().clear();
    for (const char* limit : {"20", "21", "22"})
        view().context.changeLive(&view(), {{"zoom", 4}}, {{"limit", limit}}, "Limit", "limit");
    EXPECT_EQ(limit()->text(), "22");
    EXPECT_EQ(view().current["zoom"].toInt(), 4);
    EXPECT_EQ(button(), "Run again with 1 change");
    EXPECT_TRUE(isMarked());
    ASSERT_EQ(window->history().stack().count(), 1);
    window->history().stack().undo();
    EXPECT_EQ(limit()->text(), "7");
    EXPECT_EQ(button(), "Run again");
}

TEST_F(FormOfTheRun, AfterARestartToo)
{
    run();
    unfold();
    type("8");
    window->close();
    open();
    EXPECT_EQ(limit()->text(), "8");
    EXPECT_EQ(button(), "Run again with 1 change");
}

} // namespace
} // namespace vitrine
