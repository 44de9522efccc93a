#include "widgets/plot/plot_view.h"

#include <QJsonArray>
#include <QMenu>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include "core/base/number_text.h"
#include "core/figure/data.h"
#include "tests/support/turn_wheel.h"
#include "tests/widgets/plot/application.h"
#include "tests/widgets/plot/samples.h"
#include "widgets/plot/drawing.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <gmock/gmock.h>

namespace vitrine::plot
{
namespace
{

class PlotViewTest : public testing::Test
{
protected:
    PlotViewTest()
    {
        needApplication();
        theme::setTheme(theme::ThemeName::light);
        view_ = std::make_unique<PlotView>();
        view_->resize(520, 320);
    }

    PlotView& shown(const figure::Figure& figure)
    {
        view_->setFigure(figure);
        view_->show();
        EXPECT_TRUE(QTest::qWaitForWindowExposed(view_.get()));
        QCoreApplication::processEvents(); // the layout
        return *view_;
    }

    void wheel(QPointF at, int steps, Qt::KeyboardModifiers modifiers = {})
    {
        QWheelEvent event(at, view_->mapToGlobal(at), {}, {0, 120 * steps}, Qt::NoButton, modifiers,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(view_.get(), &event);
    }

    std::unique_ptr<PlotView> view_;
};

double width(figure::Range range)
{
    return range.high - range.low;
}

TEST_F(PlotViewTest, ShowsTheRangesOfTheFigure)
{
    const figure::Figure figure = figure::samples::sinkProfile();
    PlotView& view = shown(figure);

    EXPECT_EQ(view.shownX().low, figure::xRange(figure).low);
    EXPECT_EQ(view.shownY().high, figure::yRange(figure).high);
    EXPECT_TRUE(view.rangeState().isEmpty());
}

TEST_F(PlotViewTest, WheelZoomsAboutThePointer)
{
    PlotView& view = shown(figure::samples::paretoScatter());
    QSignalSpy edited(&view, &PlotView::rangeEdited);
    const QPointF place = view.pixelOf(10, 0.2);
    const double before = width(view.shownY());

    wheel(place, 2);

    EXPECT_EQ(edited.count(), 1);
    EXPECT_NEAR(width(view.shownY()), before / (1.25 * 1.25), 1e-9);
    EXPECT_NEAR(view.pixelOf(10, 0.2).x(), place.x(), 1.0);
    EXPECT_NEAR(view.pixelOf(10, 0.2).y(), place.y(), 1.0);
}

TEST_F(PlotViewTest, ShiftWheelZoomsXOnly)
{
    PlotView& view = shown(figure::samples::headBars());
    const double x = width(view.shownX()), y = width(view.shownY());

    wheel(view.pixelOf(5, 0.2), 1, Qt::ShiftModifier);

    EXPECT_LT(width(view.shownX()), x);
    EXPECT_EQ(width(view.shownY()), y);
}

TEST_F(PlotViewTest, ASignSaysThatAPartIsShownAndShowsAll)
{
    PlotView& view = shown(figure::samples::headBars());
    auto* sign = view.findChild<QToolButton*>();
    ASSERT_FALSE(sign->isVisible());

    wheel(view.pixelOf(5, 0.2), 2);
    ASSERT_TRUE(sign->isVisible());
    EXPECT_TRUE(view.rect().contains(sign->geometry()));
    QSignalSpy edited(&view, &PlotView::rangeEdited);
    QTest::mouseClick(sign, Qt::LeftButton);

    EXPECT_TRUE(view.rangeState().isEmpty());
    EXPECT_EQ(edited.count(), 1);
    EXPECT_FALSE(sign->isVisible());
    view.setRangeState({{"x", QJsonArray{2.0, 5.0}}}); // as an earlier day left it
    EXPECT_TRUE(sign->isVisible());
}

// A page taller than its window, with the plot at its top.
TEST_F(PlotViewTest, TheWheelScrollsThePageUntilAPersonTurnsToThePlot)
{
    QScrollArea page;
    auto* plot = new PlotView;
    plot->setFigure(figure::samples::headBars());
    plot->setFixedSize(400, 900);
    page.setWidget(plot);
    page.resize(450, 300);
    page.show();
    page.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&page));
    plot->clearFocus();
    const QScrollBar& bar = *page.verticalScrollBar();

    turnWheel(*plot, {200, 100}, -120);
    EXPECT_GT(bar.value(), 0);
    EXPECT_TRUE(plot->rangeState().isEmpty());

    const int scrolled = bar.value();
    turnWheel(*plot, {200, 150}, 120, Qt::ControlModifier);
    EXPECT_FALSE(plot->rangeState().isEmpty());
    plot->setRangeState({});
    QTest::mouseClick(plot, Qt::LeftButton, {}, {210, 160});
    turnWheel(*plot, {210, 160}, 120);
    EXPECT_FALSE(plot->rangeState().isEmpty());
    EXPECT_EQ(bar.value(), scrolled);
}

TEST_F(PlotViewTest, DraggingPansAndDoubleClickShowsAllAgain)
{
    PlotView& view = shown(figure::samples::headBars());
    wheel(view.pixelOf(5, 0.2), 4);
    const figure::Range before = view.shownX();
    const QPoint from = view.pixelOf(5, 0.2).toPoint();

    QTest::mousePress(&view, Qt::LeftButton, {}, from);
    QTest::mouseMove(&view, from + QPoint(-20, 0));
    QTest::mouseMove(&view, from + QPoint(-40, 0));
    QTest::mouseRelease(&view, Qt::LeftButton, {}, from + QPoint(-40, 0));

    EXPECT_GT(view.shownX().low, before.low);
    EXPECT_NEAR(width(view.shownX()), width(before), 1e-9);

    QTest::mouseDClick(&view, Qt::LeftButton, {}, from);
    EXPECT_TRUE(view.rangeState().isEmpty());
    EXPECT_EQ(view.shownX().low, figure::xRange(view.figure()).low);
}

TEST_F(PlotViewTest, KeysZoomPanAndReset)
{
    PlotView& view = shown(figure::samples::paretoScatter());
    const double whole = width(view.shownY());

    QTest::keyClick(&view, Qt::Key_Plus);
    QTest::keyClick(&view, Qt::Key_Plus);
    const figure::Range zoomed = view.shownY();
    QTest::keyClick(&view, Qt::Key_Up);
    EXPECT_LT(width(zoomed), whole);
    EXPECT_GT(view.shownY().low, zoomed.low);

    QTest::keyClick(&view, Qt::Key_Minus);
    QTest::keyClick(&view, Qt::Key_0);
    EXPECT_TRUE(view.rangeState().isEmpty());
}

constexpr int kBottom = 8; // QCPAxis::atBottom

TEST_F(PlotViewTest, LongNamesLoseTheirEndsBeforeTheyAreTurned)
{
    figure::Figure figure = figure::samples::headBars();
    figure.x.ticks = {{2, "#8 vitrine-cloze.jsonl · vitrine-lm, every head"},
                      {8, "#7 vitrine-cloze.jsonl · vitrine-lm, no head"}};
    PlotView& view = shown(figure);
    QObject* axis = nullptr;
    for (QObject* each : view.findChildren<QObject*>())
        if (each->inherits("QCPAxis") && each->property("axisType").toInt() == kBottom)
            axis = each;
    ASSERT_NE(axis, nullptr);
    view.resize(420, 320);
    view.grab();
    EXPECT_EQ(axis->property("tickLabelRotation").toDouble(), 0);
    const auto labels = axis->property("tickVectorLabels").value<QVector<QString>>();
    ASSERT_EQ(labels.size(), 2);
    EXPECT_TRUE(labels[0].startsWith("#8 vitrine"));
    EXPECT_TRUE(labels[0].endsWith(QChar(0x2026)));

    view.resize(200, 320);
    view.grab();
    EXPECT_EQ(axis->property("tickLabelRotation").toDouble(), -90);
}

TEST_F(PlotViewTest, NeverZoomsOutBeyondTheFigure)
{
    PlotView& view = shown(figure::samples::headBars());
    QSignalSpy edited(&view, &PlotView::rangeEdited);

    wheel(view.pixelOf(5, 0.2), -5);
    QTest::keyClick(&view, Qt::Key_Left);

    EXPECT_EQ(edited.count(), 0);
    EXPECT_EQ(view.shownX().low, figure::xRange(view.figure()).low);
}

TEST_F(PlotViewTest, RangeStateGoesRoundAndNonsenseIsIgnored)
{
    PlotView& view = shown(figure::samples::headBars());
    const QJsonObject state{{"x", QJsonArray{2.0, 5.0}}};

    view.setRangeState(state);
    EXPECT_EQ(view.shownX().low, 2.0);
    EXPECT_EQ(view.shownX().high, 5.0);
    EXPECT_EQ(view.rangeState(), state);

    view.setRangeState({{"x", QJsonArray{5.0, 2.0}}, {"y", "all"}});
    EXPECT_TRUE(view.rangeState().isEmpty());
}

TEST_F(PlotViewTest, WordsOfANoteGiveWayToThoseOfAnEarlierOne)
{
    const Frame frame{.rect = {0, 0, 300, 100}, .x = {0, 100}, .y = {0, 1}};
    const std::vector<figure::Annotation> notes = {
        {.text = "families", .x = 50, .y = 0.5},        {.text = "futures", .x = 51, .y = 0.5},
        {.text = "peace", .x = 52, .y = 0.52},          {.text = "far", .x = 90, .y = 0.5},
        {.text = "outside", .x = 120, .y = 0.5},        {.text = "●", .x = 51, .y = 0.5},
        {.text = "at the right end", .x = 99, .y = 0.9}};

    const std::vector<QRectF> places = notePlaces(notes, frame);

    ASSERT_EQ(places.size(), notes.size());
    EXPECT_GT(places[0].left(), frame.pixelX(50));  // at the right of its point
    EXPECT_LT(places[1].right(), frame.pixelX(51)); // the right is taken
    EXPECT_TRUE(places[2].isNull());                // and now the left too
    EXPECT_FALSE(places[3].isNull());
    EXPECT_TRUE(places[4].isNull());
    EXPECT_FALSE(places[5].isNull()) << "marks never give way";
    EXPECT_LE(places[6].right(), frame.rect.right());
    for (std::size_t i = 0; i < places.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (notes[i].text.size() > 3 && notes[j].text.size() > 3) {
                EXPECT_FALSE(places[i].intersects(places[j])) << notes[i].text << notes[j].text;
            }
}

// Ten cells of 30 pixels, each with three digits, the last one at the border.
TEST_F(PlotViewTest, NumbersInTheCellsOfAMatrixAreAllShown)
{
    const Frame frame{.rect = {0, 0, 300, 30}, .x = {-0.5, 9.5}, .y = {-0.5, 0.5}};
    std::vector<figure::Annotation> notes;
    for (int i = 0; i < 10; ++i)
        notes.push_back({.text = "958", .x = static_cast<double>(i), .y = 0});

    const std::vector<QRectF> places = notePlaces(notes, frame, std::vector<bool>(10, true));

    for (std::size_t i = 0; i < places.size(); ++i)
        EXPECT_NEAR(places[i].center().x(), frame.pixelX(static_cast<double>(i)), 0.5);
    EXPECT_TRUE(notePlaces({notes[0], notes[0]}, frame, {true, true})[1].isNull());
}

TEST_F(PlotViewTest, ALongAxisTitleIsCutBeforeItLiesOverTheLegend)
{
    figure::Figure figure = figure::samples::sinkProfile();
    figure.y.label = "Sinks in all heads of the model, counted one by one";
    PlotView& view = shown(figure);
    const auto title = [&] { return view.drawn()["shown"].toObject()["y_label"].toString(); };
    const int height = QFontMetrics(theme::uiFont(11)).horizontalAdvance(title());

    view.resize(520, 140);
    EXPECT_TRUE(title().endsWith(QChar(0x2026))) << title().toStdString();
    EXPECT_LT(QFontMetrics(theme::uiFont(11)).horizontalAdvance(title()), 140);
    view.resize(520, height + 300);
    EXPECT_TRUE(title().startsWith("Sinks in all heads of the model, counted one by one"));
}

TEST_F(PlotViewTest, ReadsOutTheValueUnderThePointer)
{
    PlotView& view = shown(figure::samples::sinkProfile());
    QSignalSpy hovered(&view, &PlotView::hovered);

    QTest::mouseMove(&view, view.pixelOf(64, 0.12).toPoint() + QPoint(2, -2));

    ASSERT_EQ(hovered.count(), 1);
    EXPECT_EQ(hovered[0][0].toDouble(), 64);
    EXPECT_EQ(view.readingText(),
              QString::fromUtf8("s[j]\nkey position 64\u2009token\nmean weight received 0.12"));
}

TEST_F(PlotViewTest, ReadsOutNoMoreDigitsThanTheValueDeserves)
{
    figure::Figure figure;
    figure.x.label = "rate";
    figure.y.label = "gain";
    figure.series = {{.name = "s", .x = {0, 2623}, .y = {0.1705887499020347, -33.529999999999994}}};
    PlotView& view = shown(figure);

    QTest::mouseMove(&view, view.pixelOf(0, 0.1705887499020347).toPoint() + QPoint(2, 2));
    EXPECT_EQ(view.readingText(), "s\nrate 0\ngain 0.170589");

    QTest::mouseMove(&view, view.pixelOf(2623, -33.53).toPoint() - QPoint(2, 2));
    EXPECT_EQ(view.readingText(), QString::fromUtf8("s\nrate 2,623\ngain −33.53"));
}

TEST_F(PlotViewTest, ReadsOutTheCellWithItsTokens)
{
    const figure::Figure figure = figure::samples::attentionMap(16);
    PlotView& view = shown(figure);

    QTest::mouseMove(&view, view.pixelOf(0, 9).toPoint());

    const float value = figure.grids[0].values[9 * 16];
    EXPECT_THAT(view.readingText().toStdString(), testing::HasSubstr("query 9"));
    EXPECT_THAT(view.readingText().toStdString(), testing::HasSubstr("“<s>”"));
    EXPECT_THAT(view.readingText().toStdString(),
                testing::HasSubstr(readOut(static_cast<double>(value))));

    QTest::mouseMove(&view, view.pixelOf(9, 2).toPoint()); // the causal future has no value
    EXPECT_EQ(view.readingText(), "");
}

TEST_F(PlotViewTest, AClickIsToldInUnitsOfTheAxes)
{
    PlotView& view = shown(figure::samples::attentionMap(16));
    QSignalSpy clicked(&view, &PlotView::clicked);

    QTest::mouseClick(&view, Qt::LeftButton, {}, view.pixelOf(3, 9).toPoint());

    ASSERT_EQ(clicked.count(), 1);
    EXPECT_NEAR(clicked[0][0].toDouble(), 3, 0.1);
    EXPECT_NEAR(clicked[0][1].toDouble(), 9, 0.1);
}

TEST_F(PlotViewTest, MenuCopiesExportsAndExplains)
{
    PlotView& view = shown(figure::samples::headBars());
    QSignalSpy copied(&view, &PlotView::copyRequested), exported(&view, &PlotView::exportRequested),
        origin(&view, &PlotView::originRequested);

    QContextMenuEvent event(QContextMenuEvent::Mouse, QPoint(50, 50),
                            view.mapToGlobal(QPoint(50, 50)));
    QApplication::sendEvent(&view, &event);
    const auto* menu = view.findChild<QMenu*>();
    ASSERT_NE(menu, nullptr);
    for (QAction* action : menu->actions())
        action->trigger();

    EXPECT_EQ(copied.count(), 1);
    EXPECT_EQ(exported.count(), 1);
    EXPECT_EQ(origin.count(), 1);
}

TEST_F(PlotViewTest, HasANameForThoseWhoDoNotSeeIt)
{
    EXPECT_EQ(shown(figure::samples::headBars()).accessibleName(),
              "First-token mass by layer. Twelve layers, two runs.");
}

TEST_F(PlotViewTest, CellsAreSquareWhereAsked)
{
    PlotView& view = shown(figure::samples::attentionMap(16));

    const QPointF step = view.pixelOf(11, 11) - view.pixelOf(1, 1);
    EXPECT_NEAR(step.x(), step.y(), 1.5);
    EXPECT_GT(step.y(), 0); // rows run downwards
}

TEST_F(PlotViewTest, LinkedCursorIsDrawnInTheAccentColour)
{
    PlotView& view = shown(figure::samples::headBars());
    const QPoint place = view.pixelOf(5.5, 0.4).toPoint();
    const auto accentNear = [&] {
        const QImage image = view.grab().toImage();
        for (int dx = -2; dx <= 2; ++dx)
            if (image.pixelColor(place + QPoint(dx, 0)) == theme::palette().accent)
                return true;
        return false;
    };

    EXPECT_FALSE(accentNear());
    view.setLinkedCursor(5.5);
    EXPECT_TRUE(accentNear());
    view.setLinkedCursor({});
    EXPECT_FALSE(accentNear());
}

TEST_F(PlotViewTest, FollowsTheTheme)
{
    PlotView& view = shown(figure::samples::headBars());

    theme::setTheme(theme::ThemeName::dark);
    QCoreApplication::processEvents();

    EXPECT_EQ(view.grab().toImage().pixelColor(3, 3), theme::palette().surface);
}

} // namespace
} // namespace vitrine::plot
