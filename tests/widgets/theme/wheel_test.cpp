#include "widgets/theme/wheel.h"

#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>
#include <QTabBar>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <gtest/gtest.h>

#include "tests/support/turn_wheel.h"
#include "widgets/params/number_spin.h"
#include "widgets/params/value_slider.h"
#include "widgets/theme/palette.h"

namespace vitrine::theme
{
namespace
{

class Canvas : public QWidget
{
public:
    using QWidget::QWidget;
    int turns = 0; // that were its own

protected:
    void wheelEvent(QWheelEvent* event) override
    {
        if (scrollsPage(*this, *event))
            return event->ignore();
        ++turns;
    }
};

// A page with one field of each kind at its top, in a window that shows a part of it.
class WheelTest : public testing::Test
{
protected:
    WheelTest()
    {
        setTheme(ThemeName::light);
        auto* inside = new QWidget;
        auto* column = new QVBoxLayout(inside);
        slider = new QSlider(Qt::Horizontal, inside);
        slider->setRange(0, 100);
        slider->setValue(50);
        spin = new NumberSpin(0, 100, 1, inside);
        spin->setNumber(50);
        valued = new ValueSlider("Beta", "Beta", {}, inside);
        valued->setNumber(0.5);
        choice = new QComboBox(inside);
        choice->addItems({"one", "two", "three", "four"});
        choice->setCurrentIndex(1);
        tabs = new QTabBar(inside);
        for (const char* name : {"Table", "Scatter", "Parallel"})
            tabs->addTab(name);
        tabs->setCurrentIndex(1);
        canvas = new Canvas(inside);
        canvas->setFocusPolicy(Qt::StrongFocus);
        canvas->setMinimumHeight(60);
        for (QWidget* each :
             std::initializer_list<QWidget*>{slider, spin, valued, choice, tabs, canvas})
            column->addWidget(each);
        auto* rest = new QWidget(inside);
        rest->setMinimumHeight(2000);
        column->addWidget(rest);
        page.setWidgetResizable(true);
        page.setWidget(inside);
        page.resize(320, 360);
        page.show();
        page.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&page));
        if (QWidget* focused = page.focusWidget())
            focused->clearFocus();
    }

    // Down by one notch, with the pointer at the middle of what is given.
    void turn(QWidget* over, Qt::KeyboardModifiers modifiers = {})
    {
        turnAt(over, over->mapToGlobal(over->rect().center()), modifiers);
    }
    void turnAt(QWidget* over, QPoint global, Qt::KeyboardModifiers modifiers = {})
    {
        turnWheel(*over, over->mapFromGlobal(global), -120, modifiers);
    }
    int scrolled() const { return page.verticalScrollBar()->value(); }

    QScrollArea page;
    QSlider* slider;
    NumberSpin* spin;
    ValueSlider* valued;
    QComboBox* choice;
    QTabBar* tabs;
    Canvas* canvas;
};

TEST_F(WheelTest, ScrollsThePageOverFieldsThatNobodyTurnedTo)
{
    const auto parts = valued->findChildren<QWidget*>();
    QList<QWidget*> fields = {slider, spin, choice, tabs, canvas};
    fields << parts;
    for (QWidget* field : fields) {
        page.verticalScrollBar()->setValue(0);
        turn(field);
        EXPECT_GT(scrolled(), 0) << field->metaObject()->className();
        EXPECT_FALSE(field->hasFocus()) << field->metaObject()->className();
    }
    EXPECT_EQ(slider->value(), 50);
    EXPECT_EQ(spin->value(), 50);
    EXPECT_EQ(valued->number(), 0.5);
    EXPECT_EQ(choice->currentIndex(), 1);
    EXPECT_EQ(tabs->currentIndex(), 1);
    EXPECT_EQ(canvas->turns, 0);
}

TEST_F(WheelTest, ChangesTheNumberThatHasTheFocus)
{
    slider->setFocus();
    turn(slider);
    EXPECT_NE(slider->value(), 50);
    spin->setFocus();
    turn(spin);
    EXPECT_NE(spin->value(), 50);
    canvas->setFocus();
    turn(canvas);
    EXPECT_EQ(canvas->turns, 1);
    EXPECT_EQ(scrolled(), 0);
}

TEST_F(WheelTest, NeverSwitchesAChoiceOrATab)
{
    choice->setFocus();
    turn(choice);
    tabs->setFocus();
    turn(tabs);

    EXPECT_EQ(choice->currentIndex(), 1);
    EXPECT_EQ(tabs->currentIndex(), 1);
    EXPECT_GT(scrolled(), 0);
}

TEST_F(WheelTest, AScrollThatBringsTheFocusedFieldUnderThePointerGoesOn)
{
    slider->setFocus();
    const QPoint pointer = canvas->mapToGlobal(canvas->rect().center());
    turnAt(canvas, pointer);
    ASSERT_GT(scrolled(), 0);
    page.verticalScrollBar()->setValue(page.verticalScrollBar()->value() - 10);

    turnAt(slider, pointer); // the page went on under the pointer
    EXPECT_EQ(slider->value(), 50);
    turnAt(slider, pointer + QPoint(1, 0)); // a person moved it
    EXPECT_NE(slider->value(), 50);
}

TEST_F(WheelTest, CtrlAndShiftOverAPlotAreThePlots)
{
    turn(canvas, Qt::ControlModifier);
    turn(canvas, Qt::ShiftModifier);

    EXPECT_EQ(canvas->turns, 2);
    EXPECT_EQ(scrolled(), 0);
}

TEST_F(WheelTest, APlotInAPageThatNeedNotScrollIsZoomed)
{
    page.resize(320, 4000);
    ASSERT_TRUE(QTest::qWaitFor([&] { return page.verticalScrollBar()->maximum() == 0; }));

    turn(canvas);

    EXPECT_EQ(canvas->turns, 1);
}

} // namespace
} // namespace vitrine::theme
