#include "widgets/theme/style.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QRegularExpression>
#include <QScrollBar>
#include <QTest>

#include <gtest/gtest.h>

#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"

namespace vitrine::theme
{
namespace
{

QApplication& application()
{
    return *qApp;
}

TEST(StyleSheet, FillsEveryTokenIn)
{
    application();

    const QString sheet = styleSheet();

    ASSERT_GT(sheet.size(), 1000);
    EXPECT_FALSE(sheet.contains('@')) << sheet.mid(sheet.indexOf('@'), 40).toStdString();
}

TEST(StyleSheet, NamesOnlyPicturesThatExist)
{
    application();
    for (const auto theme : {ThemeName::light, ThemeName::dark, ThemeName::highContrast}) {
        setTheme(theme);
        auto matches = QRegularExpression("url\\(([^)]*)\\)").globalMatch(styleSheet());
        ASSERT_TRUE(matches.hasNext());
        while (matches.hasNext()) {
            const QString file = matches.next().captured(1);
            EXPECT_TRUE(QFile::exists(file)) << file.toStdString();
        }
    }
}

// Neither the first nor the last entry is cut, and nothing is to be scrolled, in every theme.
TEST(Choice, ItsListShowsEveryEntryWhole)
{
    for (const auto theme : {ThemeName::light, ThemeName::dark, ThemeName::highContrast}) {
        setTheme(theme);
        for (const int entries : {1, 2, 3, 4, 5, 9}) {
            QComboBox choice;
            for (int i = 0; i < entries; ++i)
                choice.addItem(QString("Entry %1").arg(i));
            choice.setCurrentIndex(entries - 1);
            choice.show();
            ASSERT_TRUE(QTest::qWaitForWindowExposed(&choice));
            choice.showPopup();
            const QAbstractItemView& list = *choice.view();
            ASSERT_TRUE(QTest::qWaitForWindowExposed(list.window()));

            EXPECT_EQ(list.verticalScrollBar()->maximum(), 0) << entries << " entries";
            EXPECT_GE(list.visualRect(choice.model()->index(0, 0)).top(), 0);
            EXPECT_LE(list.visualRect(choice.model()->index(entries - 1, 0)).bottom(),
                      list.viewport()->rect().bottom())
                << entries << " entries";
            choice.hidePopup();
        }
    }
    setTheme(ThemeName::light);
}

TEST(Icon, TakesTheColourAskedFor)
{
    application();

    const QImage drawn = iconPixmap("pause", 20, Qt::red).toImage();

    bool red = false;
    for (int y = 0; y < drawn.height(); ++y) {
        for (int x = 0; x < drawn.width(); ++x)
            red =
                red || (drawn.pixelColor(x, y).alpha() > 200 && drawn.pixelColor(x, y).red() > 200);
    }
    EXPECT_TRUE(red);
}

} // namespace
} // namespace vitrine::theme
