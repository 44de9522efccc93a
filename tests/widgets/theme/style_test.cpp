#include "widgets/theme/style.h"

#include <QApplication>
#include <QFile>
#include <QRegularExpression>

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
