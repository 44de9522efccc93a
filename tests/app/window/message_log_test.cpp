#include "app/window/message_log.h"

#include <QPlainTextEdit>
#include <QWidget>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

TEST(MessageLog, CutsALineTooLongToLayOutAndKeepsTheWhole)
{
    QWidget window;
    window.resize(800, 600);
    MessageLog log(&window);
    const QString endless = "worker: " + QString(1 << 20, 'x');

    log.add("Started attention.capture");
    log.add(endless);

    const auto* lines = log.findChild<QPlainTextEdit*>();
    ASSERT_NE(lines, nullptr);
    const QStringList shown = lines->toPlainText().split('\n');
    ASSERT_EQ(shown.size(), 2);
    EXPECT_LT(shown[1].size(), 2000);
    EXPECT_TRUE(shown[1].endsWith(QChar(0x2026)));
    EXPECT_EQ(log.wholeLine(shown[1]), endless);
    EXPECT_EQ(log.wholeLine(shown[0]), QString()) << "a short line is whole as it stands";
}

TEST(MessageLog, KeepsTheWholeOfTheNewestLongLinesOnly)
{
    QWidget window;
    MessageLog log(&window);
    for (int i = 0; i < 40; ++i)
        log.add(QString::number(i) + QString(5000, 'y'));

    const QStringList shown = log.findChild<QPlainTextEdit*>()->toPlainText().split('\n');

    EXPECT_EQ(log.wholeLine(shown.last()), "39" + QString(5000, 'y'));
    EXPECT_EQ(log.wholeLine(shown.first()), QString());
}

} // namespace
} // namespace vitrine
