#include "widgets/page/panel.h"

#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTest>
#include <QToolButton>
#include <QVBoxLayout>

#include <gtest/gtest.h>

#include "widgets/page/splitters.h"
#include "widgets/theme/palette.h"
#include "widgets/view.h"

namespace vitrine
{
namespace
{

class CardsView : public View
{
public:
    using View::View;
    void setRuns(const std::vector<RunHandle>&) override {}
    QJsonObject state() const override { return {}; }
    void setState(const QJsonObject&) override {}
    QString title() const override { return {}; }
    void setLoading(const QString&, double) override {}
    void setFailure(const QString&) override {}
};

// A window with a field, and a view of two cards in a splitter, on the first of two pages.
struct Cards : testing::Test {
    QWidget window;
    QLineEdit* outside = new QLineEdit(&window);
    CardsView* view = new CardsView(&window);
    QStackedWidget* pages = new QStackedWidget(view);
    Panel* map = new Panel("Map", view);
    Panel* heads = new Panel("Heads", view);
    QPlainTextEdit* text = new QPlainTextEdit(map);
    QSplitter* splitter = makeSplitter(Qt::Horizontal, {map, heads}, pages);

    Cards()
    {
        map->body()->addWidget(text);
        heads->body()->addWidget(new QPlainTextEdit(heads));
        pages->addWidget(splitter);
        pages->addWidget(new QLabel("failed"));
        auto* inside = new QVBoxLayout(view);
        inside->addWidget(pages);
        auto* all = new QVBoxLayout(&window);
        all->addWidget(outside);
        all->addWidget(view, 1);
        window.resize(900, 600);
        window.show();
        window.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&window));
        arrangeSplitter(splitter, "wide", {300, 500}, {0, 1});
        settle();
    }

    static void settle() { QCoreApplication::sendPostedEvents(); }

    QToolButton* corner(const QString& card)
    {
        for (auto* button : window.findChildren<QToolButton*>())
            if (button->accessibleName() == "Enlarge " + card)
                return button;
        return nullptr;
    }
    static QLabel* title(Panel* card) { return card->findChild<QLabel*>(); }

    // Of the view, whether all but its margins are the card's.
    bool fills(const Panel* card) const
    {
        return card->isVisible() && card->width() > view->width() - 40 &&
               card->height() > view->height() - 40;
    }
};

TEST_F(Cards, FillThePageByTheSignInTheirCornerAndGoBackWithEscape)
{
    const QList<int> sizes = splitter->sizes();
    QTest::mouseClick(corner("Map"), Qt::LeftButton);
    EXPECT_TRUE(fills(map));
    EXPECT_TRUE(corner("Map")->isChecked());
    EXPECT_TRUE(outside->isVisible()) << "the page, not the window";

    QTest::keyClick(window.focusWidget(), Qt::Key_Escape);
    settle();
    EXPECT_FALSE(fills(map));
    EXPECT_FALSE(corner("Map")->isChecked());
    EXPECT_EQ(splitter->indexOf(map), 0);
    EXPECT_EQ(splitter->sizes(), sizes);
}

TEST_F(Cards, FillThePageByADoubleClickOnTheirTitleAndGoBackByAnother)
{
    QTest::mouseDClick(title(map), Qt::LeftButton);
    EXPECT_TRUE(fills(map));
    QTest::mouseDClick(title(map), Qt::LeftButton);
    EXPECT_FALSE(fills(map));
    QTest::mouseDClick(text->viewport(), Qt::LeftButton);
    EXPECT_FALSE(map->isEnlarged()) << "the body is not the title";
}

TEST_F(Cards, FillThePageByTheKeyboard)
{
    corner("Heads")->setFocus(Qt::TabFocusReason);
    QTest::keyClick(corner("Heads"), Qt::Key_Space);
    EXPECT_TRUE(fills(heads));
    EXPECT_EQ(window.focusWidget(), corner("Heads"));
    QTest::keyClick(corner("Heads"), Qt::Key_Space);
    EXPECT_FALSE(fills(heads));
    EXPECT_EQ(window.focusWidget(), corner("Heads"));
}

TEST_F(Cards, KeepTheFocusThatIsInThem)
{
    text->setFocus();
    map->setEnlarged(true);
    EXPECT_EQ(window.focusWidget(), text);
    QTest::keyClicks(text, "seen");
    map->setEnlarged(false);
    EXPECT_EQ(window.focusWidget(), text);
    EXPECT_EQ(text->toPlainText(), "seen");

    outside->setFocus();
    map->setEnlarged(true);
    EXPECT_TRUE(map->isAncestorOf(window.focusWidget())) << "keys are for what is seen";
}

TEST_F(Cards, EscapeFromOutsideTheCardGoesBackToo)
{
    map->setEnlarged(true);
    outside->setFocus();
    QTest::keyClick(outside, Qt::Key_Escape);
    settle();
    EXPECT_FALSE(map->isEnlarged());
}

TEST_F(Cards, StayLargeWhenTheThemeChangesAndThePageGrows)
{
    map->setEnlarged(true);
    const theme::ThemeName before = theme::themeName();
    theme::setTheme(theme::ThemeName::dark);
    window.resize(1200, 800);
    settle();
    EXPECT_TRUE(fills(map));
    theme::setTheme(before);
}

TEST_F(Cards, GiveWayToWhatThePageShowsInsteadOfThem)
{
    map->setEnlarged(true);
    pages->setCurrentIndex(1);
    EXPECT_FALSE(map->isVisible()) << "the failure is to be seen";
    pages->setCurrentIndex(0);
    EXPECT_TRUE(fills(map));
}

TEST_F(Cards, AreNoLongerLargeWhenThePagePutsThemElsewhere)
{
    map->setEnlarged(true);
    auto* below = makeSplitter(Qt::Vertical, {}, pages);
    pages->addWidget(below);
    below->addWidget(map);
    EXPECT_EQ(splitter->count(), 1);
    settle();
    EXPECT_FALSE(map->isEnlarged());
    EXPECT_EQ(map->parentWidget(), below);
    pages->setCurrentWidget(below);
    EXPECT_TRUE(map->isVisible());
}

TEST_F(Cards, MayBeDeletedWhileTheyAreLarge)
{
    map->setEnlarged(true);
    delete map;
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    settle();
    EXPECT_EQ(splitter->count(), 1);
    EXPECT_TRUE(heads->isVisible());

    heads->setEnlarged(true);
    const QPointer<Panel> gone = heads;
    delete splitter->widget(0); // its place
    settle();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    EXPECT_FALSE(gone) << "a card goes with its place";
}

TEST_F(Cards, OfFieldsOnlyHaveNothingToFill)
{
    auto* choice = new Panel("Workload", view);
    auto* field = new QLineEdit(choice);
    choice->body()->addWidget(field);
    view->layout()->addWidget(choice);
    settle();
    EXPECT_FALSE(corner("Workload")->isVisible());
    QTest::mouseDClick(title(choice), Qt::LeftButton);
    EXPECT_FALSE(choice->isEnlarged());
    EXPECT_TRUE(corner("Map")->isVisible());
    map->setEnlargeable(false);
    EXPECT_FALSE(corner("Map")->isVisible());
}

TEST_F(Cards, NeverCutTheirTitleForTheirTools)
{
    window.resize(1600, 600);
    QList<QWidget*> tools;
    for (int i = 0; i < 4; ++i) {
        tools << new QPushButton(QString("Tool %1").arg(i), map);
        map->controls()->addWidget(tools.last());
    }
    map->setHeading("Layer 3 · head 3 of 8");
    QLabel* heading = title(map);
    for (const int width : {260, 330, 420, 1100}) {
        splitter->setSizes({width, splitter->width() - width});
        EXPECT_TRUE(QTest::qWaitFor([&] {
            return tools[3]->mapTo(map, QPoint()).y() + tools[3]->height() <=
                   text->mapTo(map, QPoint()).y();
        })) << width;
        EXPECT_GE(heading->width(), heading->sizeHint().width()) << width;
        for (QWidget* tool : tools) {
            const QRect place(tool->mapTo(map, QPoint()), tool->size());
            EXPECT_TRUE(map->rect().contains(place)) << width;
            EXPECT_GE(tool->width(), tool->sizeHint().width()) << width;
            EXPECT_FALSE(place.intersects(QRect(heading->mapTo(map, QPoint()), heading->size())))
                << width;
            EXPECT_LE(place.bottom(), text->mapTo(map, QPoint()).y()) << width;
        }
        const bool oneLine = tools[3]->mapTo(map, QPoint()).y() <
                             heading->mapTo(map, QPoint()).y() + heading->height();
        EXPECT_EQ(oneLine, width == 1100) << width;
    }
}

} // namespace
} // namespace vitrine
