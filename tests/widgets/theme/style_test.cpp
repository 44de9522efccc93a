#include "widgets/theme/style.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollBar>
#include <QSlider>
#include <QSpinBox>
#include <QStackedWidget>
#include <QTableWidget>
#include <QTest>
#include <QVBoxLayout>

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

// A window with a page that is seen and one that is not.
struct Sample {
    QMainWindow window;
    QStackedWidget* pages = new QStackedWidget(&window);

    Sample()
    {
        window.menuBar()->addMenu("File");
        for (int page = 0; page < 2; ++page) {
            auto* inside = new QWidget;
            auto* column = new QVBoxLayout(inside);
            auto* muted = new QLabel("Muted", inside);
            muted->setProperty("role", "muted");
            auto* primary = new QPushButton("Run", inside);
            primary->setProperty("kind", "primary");
            auto* choice = new QComboBox(inside);
            choice->addItem("Entry");
            auto* table = new QTableWidget(2, 2, inside);
            table->setItem(0, 0, new QTableWidgetItem("Value"));
            auto* check = new QCheckBox("Documents", inside);
            check->setChecked(true);
            for (QWidget* each : std::initializer_list<QWidget*>{
                     muted, primary, choice, table, check, new QLabel("Text", inside),
                     new QLineEdit("Line", inside), new QSpinBox(inside), new QProgressBar(inside),
                     new QPlainTextEdit("Lines", inside), new QSlider(Qt::Horizontal, inside)})
                column->addWidget(each);
            pages->addWidget(inside);
        }
        window.setCentralWidget(pages);
        window.resize(400, 600);
        window.show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(&window));
    }
    QImage picture(int page)
    {
        pages->setCurrentIndex(page);
        window.setFocus(); // no ring in one window only
        return window.grab().toImage();
    }
};

// Also the pages that nobody sees while the theme changes.
TEST(Theme, AWindowThatChangesItLooksAsOneThatWasMadeInIt)
{
    setTheme(ThemeName::light);
    Sample changed;
    changed.picture(1);
    changed.picture(0);
    for (const auto theme : {ThemeName::dark, ThemeName::highContrast, ThemeName::light}) {
        setTheme(theme);
        Sample made;
        for (const int page : {0, 1})
            EXPECT_EQ(changed.picture(page), made.picture(page))
                << static_cast<int>(theme) << ", page " << page;
        EXPECT_EQ(made.picture(0).pixelColor(390, 10), palette().window) << "the menu bar";
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
