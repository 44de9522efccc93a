#include "widgets/matrix/item_grid.h"

#include "core/figure/not_finite.h"
#include "widgets/theme/palette.h"

#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine
{
namespace
{

// Three rows of four; the score rises along the rows; row 0 cannot be chosen.
class ItemGridTest : public testing::Test
{
protected:
    ItemGridTest() : grid_(nullptr)
    {
        grid_.setNames("layer", "head", "Mass");
        grid_.setRoom({240, 2000}, 0);
        show(false);
        grid_.show();
    }
    void show(bool ranked)
    {
        std::vector<GridItem> items;
        for (int row = 0; row < 3; ++row)
            for (int column = 0; column < 4; ++column)
                items.push_back({.id = {row, column},
                                 .score = row * 4.0 + column,
                                 .picture = {0, std::nanf(""), 1, 0},
                                 .help = {},
                                 .usable = row > 0});
        grid_.setItems(std::move(items), 2, ranked);
    }
    void lasso(const std::vector<QPoint>& points, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mousePress(&grid_, Qt::LeftButton, modifiers, points.front());
        for (const QPoint& point : points) {
            QMouseEvent move(QEvent::MouseMove, point, grid_.mapToGlobal(QPointF(point)),
                             Qt::NoButton, Qt::LeftButton, modifiers);
            QApplication::sendEvent(&grid_, &move);
        }
        grid_.grab();
        QTest::mouseRelease(&grid_, Qt::LeftButton, modifiers, points.back());
    }

    ItemGrid grid_;
};

// Not by what the room was before: with a bar pictures are smaller, and would then need none.
TEST_F(ItemGridTest, ItsSizeDependsOnTheRoomAloneAndFillsOneWithoutABar)
{
    for (const bool ranked : {false, true}) {
        show(ranked);
        const auto sizeIn = [&](int height) {
            grid_.setRoom({240, height}, 10);
            return grid_.sizeHint();
        };
        std::vector<QSize> down, up;
        for (int height = 400; height >= 100; --height)
            down.push_back(sizeIn(height));
        for (int height = 100; height <= 400; ++height)
            up.push_back(sizeIn(height));
        EXPECT_EQ(down, std::vector<QSize>(up.rbegin(), up.rend()));
        int height = 100;
        for (const QSize& size : up) {
            const bool needsBar = size.height() > height++;
            EXPECT_LE(size.width(), needsBar ? 230 : 240) << height << ", ranked " << ranked;
        }
    }
}

// The picture is hatched where it is not finite, and the words under it are no number.
TEST_F(ItemGridTest, WhatIsNotFiniteIsHatchedAndHasNoScore)
{
    const auto shown = [&](float value, bool finite) {
        grid_.setItems({{.id = {0, 0},
                         .score = finite ? 1 : std::nan(""),
                         .picture = {value, value, value, value},
                         .finite = finite}},
                       2, false);
        return grid_.grab().toImage();
    };
    const auto hatched = [&](const QImage& image) {
        const QRect picture = grid_.cellOf({0, 0}).adjusted(2, 2, -2, -20);
        int seen = 0;
        for (int y = picture.top(); y < picture.bottom(); ++y)
            for (int x = picture.left(); x < picture.right(); ++x)
                seen += image.pixelColor(x, y) == theme::palette().error ? 1 : 0;
        return seen;
    };

    EXPECT_EQ(hatched(shown(1, true)), 0);
    EXPECT_EQ(hatched(shown(std::nanf(""), true)), 0);
    EXPECT_GT(hatched(shown(figure::kNotFinite, false)), 20);
    EXPECT_NE(shown(std::nanf(""), false), shown(std::nanf(""), true)); // the words
}

TEST_F(ItemGridTest, AClickOrTheArrowKeysWishASelection)
{
    grid_.setSelected({1, 1});
    std::vector<ItemId> wished;
    QObject::connect(&grid_, &ItemGrid::selectionWished, &grid_,
                     [&](ItemId id) { wished.push_back(id); });
    QTest::mouseClick(&grid_, Qt::LeftButton, {}, grid_.cellOf({2, 3}).center());
    QTest::keyClick(&grid_, Qt::Key_Right);
    QTest::keyClick(&grid_, Qt::Key_Up);

    EXPECT_EQ(wished, (std::vector<ItemId>{{2, 3}, {1, 2}, {0, 1}}));
    EXPECT_EQ(grid_.selected(), (ItemId{1, 1})); // it follows its owner
}

TEST_F(ItemGridTest, TicksAreThereOnlyWhereItemsAreChoosable)
{
    std::vector<ItemId> toggled, pinned;
    QObject::connect(&grid_, &ItemGrid::chosenToggled, &grid_,
                     [&](ItemId id) { toggled.push_back(id); });
    QObject::connect(&grid_, &ItemGrid::pinToggled, &grid_,
                     [&](ItemId id) { pinned.push_back(id); });
    QTest::mouseClick(&grid_, Qt::LeftButton, {}, grid_.tickOf({1, 0}).center());
    QTest::mouseClick(&grid_, Qt::LeftButton, Qt::ControlModifier, grid_.cellOf({1, 0}).center());
    EXPECT_TRUE(toggled.empty());
    EXPECT_EQ(pinned.size(), 1u);

    grid_.setChosen({{1, 1}});
    QTest::mouseClick(&grid_, Qt::LeftButton, {}, grid_.tickOf({1, 0}).center());
    QTest::mouseClick(&grid_, Qt::LeftButton, Qt::ControlModifier, grid_.cellOf({2, 2}).center());
    QTest::mouseClick(&grid_, Qt::LeftButton, {}, grid_.tickOf({0, 0}).center()); // not usable
    grid_.setSelected({2, 1});
    QTest::keyClick(&grid_, Qt::Key_Space);
    EXPECT_EQ(toggled, (std::vector<ItemId>{{1, 0}, {2, 2}, {2, 1}}));
}

TEST_F(ItemGridTest, ALassoCatchesWhatItEnclosesOrCrosses)
{
    grid_.setChosen({});
    std::set<ItemId> caught;
    Qt::KeyboardModifiers with;
    QObject::connect(&grid_, &ItemGrid::lassoed, &grid_,
                     [&](const std::set<ItemId>& items, Qt::KeyboardModifiers modifiers) {
                         caught = items;
                         with = modifiers;
                     });
    const auto corner = [&](ItemId id) { return grid_.cellOf(id).topLeft() - QPoint(3, 3); };

    // Round the four items of rows 1 and 2, columns 1 and 2.
    const QPoint a = corner({1, 1}), d = corner({2, 3}) + QPoint(0, grid_.cellOf({2, 3}).height());
    lasso({a, {d.x(), a.y()}, d, {a.x(), d.y()}, a}, Qt::ShiftModifier);
    EXPECT_EQ(caught, (std::set<ItemId>{{1, 1}, {1, 2}, {2, 1}, {2, 2}}));
    EXPECT_EQ(with, Qt::ShiftModifier);

    // A line across column 0: row 0 cannot be chosen.
    lasso({grid_.cellOf({0, 0}).center(), grid_.cellOf({1, 0}).center(),
           grid_.cellOf({2, 0}).center()});
    EXPECT_EQ(caught, (std::set<ItemId>{{1, 0}, {2, 0}}));
}

TEST_F(ItemGridTest, RankedShowsTheHighestFirst)
{
    show(true);
    EXPECT_TRUE(grid_.cellOf({2, 3}).top() <= grid_.cellOf({0, 0}).top());
    EXPECT_EQ(grid_.cellOf({2, 3}).topLeft().x(), 2);
    grid_.grab();
}

TEST_F(ItemGridTest, ItemsWithoutPictureTakeTheColourOfTheirScore)
{
    std::vector<GridItem> items = {{.id = {0, 0}, .score = 0}, {.id = {0, 1}, .score = 1}};
    grid_.setItems(std::move(items), 0, false);
    grid_.setScale({.maximum = 1});
    const QImage image = grid_.grab().toImage();
    const auto colour = [&](ItemId id) { return image.pixelColor(grid_.cellOf(id).center()); };
    EXPECT_NE(colour({0, 0}), colour({0, 1}));
}

} // namespace
} // namespace vitrine
