#include "widgets/map/map_view.h"

#include "core/figure/not_finite.h"
#include "tests/support/turn_wheel.h"
#include "tests/widgets/plot/application.h"
#include "widgets/theme/palette.h"

#include <gtest/gtest.h>

#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QThreadPool>
#include <QWheelEvent>

#include <atomic>
#include <cmath>

namespace vitrine
{
namespace
{

// Weight of query i for key j in a made-up causal map: column 0 is a sink, column 300 a weaker one.
float weight(std::int64_t row, std::int64_t column)
{
    if (column > row)
        return std::nanf("");
    return column == 0     ? 0.5F
           : column == 300 ? 0.2F
                           : 0.0001F * static_cast<float>((row * 7 + column * 3) % 11);
}

Result<std::vector<float>> pooledWeights(const MapTile& tile)
{
    std::vector<float> out(static_cast<std::size_t>(tile.height() * tile.width()), std::nanf(""));
    for (std::int64_t r = 0; r < tile.rows; ++r)
        for (std::int64_t c = 0; c < tile.columns; ++c) {
            float& best =
                out[static_cast<std::size_t>(r / tile.stride * tile.width() + c / tile.stride)];
            best = std::fmax(best, weight(tile.row + r, tile.column + c));
        }
    return out;
}

MapCompute threads()
{
    return
        [](QObject* owner, const QString&, std::function<void()> work, std::function<void()> done) {
            QThreadPool::globalInstance()->start([owner, work, done] {
                work();
                QMetaObject::invokeMethod(owner, done, Qt::QueuedConnection);
            });
        };
}

class MapViewTest : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    MapViewTest() : map_(threads(), nullptr)
    {
        map_.resize(620, 520);
        map_.show();
    }
    ~MapViewTest() override { QThreadPool::globalInstance()->waitForDone(); }

    void show(std::int64_t tokens)
    {
        MapGrid grid;
        grid.rows = grid.columns = tokens;
        grid.tile = pooledWeights;
        map_.setGrid(std::move(grid));
        settle();
    }
    void settle()
    {
        ASSERT_TRUE(QTest::qWaitFor([this] {
            map_.grab();
            return map_.settled();
        }));
    }
    QPoint pixelOf(std::int64_t row, std::int64_t column)
    {
        return map_.geometryOfMap()
            .toPixel(static_cast<double>(row) + 0.5, static_cast<double>(column) + 0.5)
            .toPoint();
    }
    QColor colourAt(QPoint pixel)
    {
        const QImage image = map_.grab().toImage();
        return image.pixelColor(pixel * image.devicePixelRatio());
    }
    void wheel(QPoint at, int turn)
    {
        QWheelEvent event(at, map_.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&map_, &event);
    }

    MapView map_;
};

TEST_F(MapViewTest, ShowsAOneColumnSinkHoweverLongTheText)
{
    show(4096);

    EXPECT_GT(map_.level(), 2);
    const ColourTable table(map_.scale());
    // Middle of the block of column 300: a maximum keeps it.
    EXPECT_EQ(map_.shownValue({4000, 300}), std::optional(0.2F));
    EXPECT_EQ(colourAt(pixelOf(4000, 301)).rgb(), table.colour(0.2F));
    EXPECT_EQ(map_.shownValue({4000, 2}), std::optional(0.5F));
}

TEST_F(MapViewTest, HoverReadsTheCellUnderTheMouse)
{
    show(24);
    QSignalSpy spy(&map_, &MapView::hovered);

    QTest::mouseMove(&map_, pixelOf(20, 7));

    ASSERT_TRUE(QTest::qWaitFor([&] { return !spy.isEmpty(); }));
    const auto reading = spy.last()[0].value<MapReading>();
    EXPECT_EQ(reading.cell, (MapCell{20, 7}));
    EXPECT_EQ(reading.value, weight(20, 7));
    EXPECT_EQ(reading.block, 1);
}

TEST_F(MapViewTest, HoverOverABlockReadsItsStrongestCell)
{
    show(4096);
    QSignalSpy spy(&map_, &MapView::hovered);

    QTest::mouseMove(&map_, pixelOf(4000, 301));

    ASSERT_TRUE(QTest::qWaitFor([&] { return !spy.isEmpty(); }));
    const auto reading = spy.last()[0].value<MapReading>();
    EXPECT_EQ(reading.cell.column, 300);
    EXPECT_EQ(reading.value, 0.2F);
    EXPECT_EQ(reading.block, std::int64_t{1} << map_.level());
}

// The whole of a long text: a pixel shows the strongest of many cells.
TEST_F(MapViewTest, AClickIsOnTheCellThatIsReadOut)
{
    show(4096);
    QSignalSpy hovers(&map_, &MapView::hovered), clicks(&map_, &MapView::cellClicked);

    QTest::mouseMove(&map_, {1, 1}); // a pointer that stands there already does not move
    QTest::mouseMove(&map_, pixelOf(4000, 301));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !hovers.isEmpty(); }));
    QTest::mouseClick(&map_, Qt::LeftButton, {}, pixelOf(4000, 301));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !clicks.isEmpty(); }));

    const auto reading = hovers.last()[0].value<MapReading>();
    EXPECT_EQ(reading.cell.column, 300);
    EXPECT_EQ(clicks[0][0].value<MapCell>(), reading.cell);
}

TEST_F(MapViewTest, AClickBeforeTheReadingWaitsForIt)
{
    show(4096);
    QSignalSpy clicks(&map_, &MapView::cellClicked);

    QTest::mouseClick(&map_, Qt::LeftButton, {}, pixelOf(4000, 301));

    ASSERT_TRUE(QTest::qWaitFor([&] { return !clicks.isEmpty(); }));
    EXPECT_EQ(clicks[0][0].value<MapCell>().column, 300);
}

TEST_F(MapViewTest, ZoomingReadsWhatIsUnderThePointerThen)
{
    show(4096);
    QSignalSpy hovers(&map_, &MapView::hovered);
    const QPoint at = pixelOf(4000, 301);
    QTest::mouseMove(&map_, {1, 1});
    QTest::mouseMove(&map_, at);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !hovers.isEmpty(); }));
    ASSERT_GT(hovers.last()[0].value<MapReading>().block, 1);

    wheel(at, 240 * 10);

    const MapCell under = *map_.geometryOfMap().cellAt(at);
    ASSERT_TRUE(QTest::qWaitFor([&] {
        map_.grab();
        return hovers.last()[0].value<MapReading>().block == 1;
    }));
    EXPECT_EQ(hovers.last()[0].value<MapReading>().cell, under);
}

TEST_F(MapViewTest, WheelZoomsAboutTheCursorAndDoubleClickResets)
{
    show(1024);
    const QPoint at = pixelOf(800, 400);
    wheel(at, 480);

    const MapGeometry zoomedIn = map_.geometryOfMap();
    EXPECT_NEAR(zoomedIn.window.zoom, 4, 1e-6);
    EXPECT_EQ(zoomedIn.cellAt(at), (MapCell{800, 400}));

    QTest::mouseDClick(&map_, Qt::LeftButton, {}, at);
    EXPECT_DOUBLE_EQ(map_.window().zoom, 1);
}

TEST_F(MapViewTest, TheWheelScrollsThePageUntilAPersonTurnsToTheMap)
{
    QScrollArea page;
    auto* map = new MapView([](QObject*, const QString&, const std::function<void()>& work,
                               const std::function<void()>& done) { work(), done(); },
                            nullptr);
    MapGrid grid;
    grid.rows = grid.columns = 64;
    grid.tile = pooledWeights;
    map->setGrid(std::move(grid));
    map->setFixedSize(500, 900);
    page.setWidget(map);
    page.resize(540, 300);
    page.show();
    page.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&page));
    map->clearFocus();

    turnWheel(*map, {250, 200}, -120);
    EXPECT_GT(page.verticalScrollBar()->value(), 0);
    EXPECT_DOUBLE_EQ(map->window().zoom, 1);

    turnWheel(*map, {251, 200}, 240, Qt::ControlModifier);
    EXPECT_DOUBLE_EQ(map->window().zoom, 2);
    map->setFocus();
    turnWheel(*map, {252, 200}, 240);
    EXPECT_DOUBLE_EQ(map->window().zoom, 4);
}

TEST_F(MapViewTest, DragPansAndDoesNotSelect)
{
    show(1024);
    wheel(pixelOf(800, 400), 960);
    QSignalSpy clicks(&map_, &MapView::cellClicked), edits(&map_, &MapView::windowEdited);
    const QPoint from = map_.geometryOfMap().visible().center().toPoint();
    const MapCell held = *map_.geometryOfMap().cellAt(from);

    QTest::mousePress(&map_, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 4; ++i)
        QTest::mouseMove(&map_, from + QPoint(-20 * i, -10 * i));
    QTest::mouseRelease(&map_, Qt::LeftButton, {}, from + QPoint(-80, -40));

    EXPECT_EQ(clicks.count(), 0);
    EXPECT_GE(edits.count(), 1);
    EXPECT_EQ(map_.geometryOfMap().cellAt(from + QPoint(-80, -40)), held);
}

TEST_F(MapViewTest, KeysZoomPanAndMoveTheCursor)
{
    show(64);
    map_.setFocus();
    QTest::keyClick(&map_, Qt::Key_Plus);
    EXPECT_GT(map_.window().zoom, 1.3);
    const double column = map_.window().column;
    QTest::keyClick(&map_, Qt::Key_Right, Qt::ShiftModifier);
    EXPECT_GT(map_.window().column, column);
    QTest::keyClick(&map_, Qt::Key_0);
    EXPECT_DOUBLE_EQ(map_.window().zoom, 1);

    QSignalSpy hovered(&map_, &MapView::hovered), clicked(&map_, &MapView::cellClicked);
    settle();
    QTest::keyClick(&map_, Qt::Key_Down); // cursor appears at the first cell
    QTest::keyClick(&map_, Qt::Key_Down);
    QTest::keyClick(&map_, Qt::Key_Return);
    ASSERT_EQ(clicked.count(), 1);
    EXPECT_EQ(clicked[0][0].value<MapCell>(), (MapCell{1, 0}));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !hovered.isEmpty(); }));
}

TEST_F(MapViewTest, ShowsThePreviewUntilTilesCome)
{
    std::atomic<bool> open = false;
    MapGrid grid;
    grid.rows = grid.columns = 512;
    grid.tile = [&open](const MapTile& tile) {
        while (!open)
            QThread::msleep(1);
        return pooledWeights(tile);
    };
    grid.preview.assign(64 * 64, 0.1F);
    grid.previewSide = 64;
    map_.setGrid(std::move(grid));

    map_.grab();
    EXPECT_FALSE(map_.settled());
    EXPECT_EQ(colourAt(pixelOf(400, 200)).rgb(), ColourTable(map_.scale()).colour(0.1F));
    open = true;
    settle();
    const QPointF middle = map_.geometryOfMap().toPixel(401, 301); // of the block of column 300
    EXPECT_EQ(colourAt(QPoint(static_cast<int>(middle.x()), static_cast<int>(middle.y()))).rgb(),
              ColourTable(map_.scale()).colour(0.2F));
}

// Hatched in the colour of errors: no mask, and no value of any colour map.
TEST_F(MapViewTest, WhatIsNotFiniteIsHatchedAndNamedInTheLegend)
{
    const auto hatches = [](const QImage& image) {
        int seen = 0;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                seen += image.pixelColor(x, y) == theme::palette().error ? 1 : 0;
        return seen;
    };
    bool broken = false;
    MapGrid grid;
    grid.rows = grid.columns = 24;
    grid.tile = [&broken](const MapTile& tile) {
        auto values = pooledWeights(tile);
        if (broken)
            for (std::int64_t c = 0; c <= 12; ++c)
                (*values)[static_cast<std::size_t>(12 * tile.width() + c)] = figure::kNotFinite;
        return values;
    };
    for (const auto theme : {theme::ThemeName::light, theme::ThemeName::dark}) {
        theme::setTheme(theme);
        broken = false;
        map_.setGrid(grid);
        settle();
        EXPECT_EQ(hatches(map_.grab().toImage()), 0);
        broken = true;
        map_.setGrid(grid);
        settle();

        const QImage shown = map_.grab().toImage();
        const auto part = [&](double row, double column, double rows, double columns) {
            const QPointF from = map_.geometryOfMap().toPixel(row, column),
                          to = map_.geometryOfMap().toPixel(row + rows, column + columns);
            return shown.copy(QRect(from.toPoint(), to.toPoint()));
        };
        EXPECT_GT(hatches(part(12.1, 0.1, 0.7, 12.7)), 20);
        EXPECT_EQ(hatches(part(0, 0, 11.8, 24)), 0);
        EXPECT_EQ(hatches(part(12.1, 13.2, 0.7, 10)), 0) << "the future is no value";
        EXPECT_GT(hatches(shown), hatches(part(0, 0, 24, 24)) + 4) << "in the legend";
    }
    theme::setTheme(theme::ThemeName::light);
}

TEST_F(MapViewTest, AFailingSourceIsSaidOnceAndDrawnAsAGap)
{
    QSignalSpy failed(&map_, &MapView::tileFailed);
    MapGrid grid;
    grid.rows = grid.columns = 32;
    grid.tile = [](const MapTile&) -> Result<std::vector<float>> {
        return inputError("the file is gone");
    };
    map_.setGrid(std::move(grid));
    settle();
    map_.grab();
    ASSERT_EQ(failed.count(), 1);
    EXPECT_EQ(failed[0][0].toString(), "the file is gone");
}

TEST_F(MapViewTest, OneTokenAndNoTokens)
{
    show(1);
    EXPECT_EQ(map_.shownValue({0, 0}), std::optional(0.5F));
    show(0);
    QTest::keyClick(&map_, Qt::Key_Down);
    wheel({100, 100}, 120);
    QTest::mouseMove(&map_, {50, 50});
    map_.setNotice("Nothing here.");
    EXPECT_FALSE(map_.grab().isNull());
}

TEST_F(MapViewTest, TilesOfAnOldMapAreDropped)
{
    std::atomic<bool> open = false;
    MapGrid slow;
    slow.rows = slow.columns = 128;
    slow.tile = [&open](const MapTile& tile) -> Result<std::vector<float>> {
        while (!open)
            QThread::msleep(1);
        return std::vector<float>(static_cast<std::size_t>(tile.height() * tile.width()), 1.0F);
    };
    map_.setGrid(std::move(slow));
    map_.grab();
    MapGrid fast;
    fast.rows = fast.columns = 128;
    fast.tile = pooledWeights;
    map_.setGrid(std::move(fast));
    open = true;
    settle();
    QThreadPool::globalInstance()->waitForDone(); // the old map's tile too
    QCoreApplication::processEvents();
    EXPECT_EQ(map_.shownValue({100, 0}), std::optional(0.5F));
}

} // namespace
} // namespace vitrine
