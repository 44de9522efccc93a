#include "widgets/page/prompt_line.h"

#include <QPlainTextEdit>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace vitrine
{
namespace
{

using Entered = std::vector<std::pair<QString, bool>>;

struct PromptLineTest : testing::Test {
    PromptLine line{"Type a prompt", nullptr};
    QPlainTextEdit* edit = line.findChild<QPlainTextEdit*>();
    Entered entered;

    PromptLineTest()
    {
        QObject::connect(
            &line, &PromptLine::entered, &line,
            [this](const QString& text, bool beside) { entered.emplace_back(text, beside); });
        line.resize(700, 40);
        line.show();
        line.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&line));
        edit->setFocus();
    }
};

TEST_F(PromptLineTest, ShiftAndEnterBeginsALineAndStartsNothing)
{
    const int low = edit->height();
    QTest::keyClicks(edit, "one");
    QTest::keyClick(edit, Qt::Key_Return, Qt::ShiftModifier);
    QTest::keyClicks(edit, "---");
    QTest::keyClick(edit, Qt::Key_Enter, Qt::ShiftModifier | Qt::KeypadModifier);
    QTest::keyClicks(edit, "two");

    EXPECT_TRUE(entered.empty());
    EXPECT_EQ(line.text(), "one\n---\ntwo");
    EXPECT_GT(edit->height(), low) << "all three lines are seen";

    QTest::keyClick(edit, Qt::Key_Return);
    EXPECT_EQ(entered, (Entered{{"one\n---\ntwo", false}}));
}

TEST_F(PromptLineTest, TheCrossThatClearsItStandsLevelWithItsWords)
{
    QTest::keyClicks(edit, "one");
    QCoreApplication::sendPostedEvents();

    const auto* cross = line.findChild<QToolButton*>();
    EXPECT_TRUE(cross->isVisible());
    EXPECT_NEAR(cross->geometry().center().y(), edit->geometry().center().y(), 1);
}

TEST_F(PromptLineTest, CtrlAndEnterAddsBeside)
{
    QTest::keyClicks(edit, "one");
    QTest::keyClick(edit, Qt::Key_Return, Qt::ControlModifier);
    QTest::keyClick(edit, Qt::Key_Enter, Qt::KeypadModifier);

    EXPECT_EQ(entered, (Entered{{"one", true}, {"one", false}}));
}

TEST_F(PromptLineTest, AShownTextKeepsItsLinesAndIsWhatEnterRuns)
{
    line.setText("one\n---\ntwo");
    QTest::keyClick(edit, Qt::Key_Return);

    EXPECT_EQ(entered, (Entered{{"one\n---\ntwo", false}}));
}

TEST_F(PromptLineTest, WhoIsTypingIsNotDisturbed)
{
    QTest::keyClicks(edit, "half a sen");
    line.setText("of a run");
    EXPECT_EQ(line.text(), "half a sen");

    QTest::keyClick(edit, Qt::Key_Return);
    line.setText("of a run");
    EXPECT_EQ(line.text(), "of a run");
}

TEST_F(PromptLineTest, AnEmptyPromptStartsNothingAndAFullOneCanBeCleared)
{
    QTest::keyClicks(edit, "  ");
    QTest::keyClick(edit, Qt::Key_Return);
    EXPECT_TRUE(entered.empty());

    line.setText("one");
    QTest::mouseClick(line.findChild<QToolButton*>(), Qt::LeftButton);
    EXPECT_EQ(line.text(), "");
}

} // namespace
} // namespace vitrine
