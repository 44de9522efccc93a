#include "widgets/params/number_spin.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

// What cannot be taken is marked as long as it stands there, and the number stays.
TEST(NumberSpin, MarksWhatIsNoNumberOfItsRange)
{
    NumberSpin clip(0.0001, 1, 4, nullptr);
    clip.setNumber(0.1);
    clip.show();
    QSignalSpy chosen(&clip, &NumberSpin::chosen);
    auto* line = clip.findChild<QLineEdit*>();
    for (const char* wrong : {"abc", "5", "0,5x", "-1"}) {
        line->selectAll();
        QTest::keyClicks(line, wrong);
        EXPECT_TRUE(clip.property("invalid").toBool()) << wrong;
    }
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_EQ(clip.value(), 0.1);
    EXPECT_FALSE(clip.property("invalid").toBool()) << "the old number stands there again";

    line->selectAll();
    QTest::keyClicks(line, "0,5");
    EXPECT_FALSE(clip.property("invalid").toBool());
    QTest::keyClick(line, Qt::Key_Return);
    EXPECT_EQ(clip.value(), 0.5);
    EXPECT_EQ(chosen.count(), 1);
}

TEST(NumberSpin, TakesTheMinusSignThatTheWindowWrites)
{
    NumberSpin number(-10, 10, 2, nullptr);
    number.show();
    auto* line = number.findChild<QLineEdit*>();

    line->setText(QString::fromUtf8("−3.5"));
    number.interpretText();

    EXPECT_EQ(number.value(), -3.5);
}

} // namespace
} // namespace vitrine
