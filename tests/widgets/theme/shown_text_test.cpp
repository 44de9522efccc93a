#include "widgets/theme/shown_text.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QPlainTextEdit>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const QString kMegabyte(1 << 20, 'x');

TEST(ShownText, CutsWhatIsTooLongAndNothingElse)
{
    EXPECT_EQ(shownText(QString("short"), 5), "short");
    EXPECT_EQ(shownText(QString("longer"), 5), QString("longe") + QChar(0x2026));
    EXPECT_EQ(shownText(std::string("naïve"), 3), QString("naï") + QChar(0x2026));
}

TEST(ShownText, NeverCutsInsideACharacter)
{
    const QString faces = QString::fromUcs4(U"😀😀"); // two code units each

    EXPECT_EQ(shownText(faces, 3), QString::fromUcs4(U"😀") + QChar(0x2026));
}

TEST(ShowText, PutsTheWholeOnTheMenuOfALabelThatCutIt)
{
    QLabel label;

    showText(label, kMegabyte);

    EXPECT_LE(label.text().size(), kLongestShown + 1);
    EXPECT_EQ(label.textFormat(), Qt::PlainText);
    ASSERT_EQ(label.actions().size(), 1);
    label.actions().front()->trigger();
    EXPECT_EQ(QGuiApplication::clipboard()->text(), kMegabyte);
    showText(label, "short");
    EXPECT_TRUE(label.actions().isEmpty());
    EXPECT_EQ(label.text(), "short");
}

TEST(ShowText, CutsTheLinesOfAnEditor)
{
    QPlainTextEdit editor;

    EXPECT_FALSE(showText(editor, "two\nlines"));
    EXPECT_EQ(editor.toPlainText(), "two\nlines");
    EXPECT_TRUE(showText(editor, "first\n" + kMegabyte));
    EXPECT_LT(editor.toPlainText().size(), 2 * kLongestShownLine);
    EXPECT_TRUE(editor.toPlainText().startsWith("first\nxxx"));
    EXPECT_EQ(editor.actions().size(), 1);
}

} // namespace
} // namespace vitrine
