#include "widgets/picture/linked_picture_maps.h"

#include "widgets/map/colour_legend.h"

#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>

namespace vitrine
{
namespace
{

using Index = std::optional<std::int64_t>;

PictureMapData mapOf(std::int64_t side, const QString& caption = {})
{
    PictureMapData data;
    data.picture = QImage(64, 64, QImage::Format_RGB32);
    data.picture.fill(Qt::darkGray);
    data.rows = data.columns = side;
    data.values.assign(static_cast<std::size_t>(side * side), 0.5F);
    data.caption = caption;
    return data;
}

class LinkedPictureMapsTest : public testing::Test
{
protected:
    LinkedPictureMapsTest() : maps_(nullptr)
    {
        maps_.resize(900, 340);
        maps_.show();
    }
    void set(std::vector<PictureMapData> maps)
    {
        maps_.setMaps(std::move(maps));
        QCoreApplication::processEvents(); // the layout
    }
    PictureMap* at(std::size_t place) { return maps_.maps()[place]; }
    QPoint middleOf(std::size_t map, std::int64_t patch)
    {
        return at(map)->patchRect(patch).center().toPoint();
    }
    ColourLegend* legend() { return maps_.findChild<ColourLegend*>(); }

    LinkedPictureMaps maps_;
};

TEST(SamePlace, IsTheCellThatHoldsTheOthersMiddle)
{
    EXPECT_EQ(samePlace(5, 4, 4, 4, 4), Index(5));
    EXPECT_EQ(samePlace(15, 4, 4, 2, 2), Index(3));
    EXPECT_EQ(samePlace(0, 2, 2, 14, 14), Index(3 * 14 + 3));
    EXPECT_EQ(samePlace(8, 3, 3, 1, 1), Index(0));
    EXPECT_EQ(samePlace({}, 4, 4, 4, 4), Index());
    EXPECT_EQ(samePlace(3, 4, 4, 0, 4), Index());
}

TEST_F(LinkedPictureMapsTest, HoverAndChoiceAreThoseOfAll)
{
    set({mapOf(4), mapOf(8), mapOf(2)});
    QSignalSpy hovers(&maps_, &LinkedPictureMaps::patchHovered);
    QSignalSpy choices(&maps_, &LinkedPictureMaps::patchChosen);

    QTest::mouseMove(at(1), {1, 1});
    QTest::mouseMove(at(1), middleOf(1, 63));
    QTest::mouseClick(at(1), Qt::LeftButton, {}, middleOf(1, 63));

    EXPECT_EQ(at(0)->hovered(), Index(15));
    EXPECT_EQ(at(2)->hovered(), Index(3));
    EXPECT_EQ(at(0)->data().selected, Index(15));
    EXPECT_EQ(at(2)->data().selected, Index(3));
    ASSERT_EQ(hovers.size(), 1);
    EXPECT_EQ(hovers[0][0].toInt(), 1);
    ASSERT_EQ(choices.size(), 1);
    EXPECT_EQ(choices[0][1].value<std::int64_t>(), 63);

    QTest::mouseMove(at(1), {1, 1});
    EXPECT_EQ(at(0)->hovered(), Index());
    EXPECT_EQ(at(0)->data().selected, Index(15)) << "a choice stays";
}

TEST_F(LinkedPictureMapsTest, PicturesOfARowStandLevelWhetherTheyHaveCaptionsOrNot)
{
    set({mapOf(4, "Softmax"), mapOf(4), mapOf(4, "Taylor")});
    const auto top = [&](std::size_t map) {
        return at(map)->mapTo(&maps_, at(map)->pictureRect().topLeft().toPoint()).y();
    };
    EXPECT_EQ(top(0), top(1));
    EXPECT_EQ(top(0), top(2));
    EXPECT_EQ(at(0)->pictureRect().size(), at(1)->pictureRect().size());
}

TEST_F(LinkedPictureMapsTest, RowsAreSuchThatPicturesAreLargest)
{
    set({mapOf(4), mapOf(4), mapOf(4), mapOf(4)});
    EXPECT_EQ(at(0)->y(), at(3)->y());
    for (const int width : {899, 898, 897, 601}) {
        maps_.resize(width, 340);
        QCoreApplication::processEvents();
        EXPECT_LE(at(3)->geometry().right(), width - 1) << "nothing is cut";
    }
    maps_.resize(400, 700);
    QCoreApplication::processEvents();
    EXPECT_EQ(at(0)->y(), at(1)->y());
    EXPECT_GT(at(2)->y(), at(1)->y());
    maps_.setAcross(1);
    QCoreApplication::processEvents();
    EXPECT_GT(at(1)->y(), at(0)->y());
}

TEST_F(LinkedPictureMapsTest, OneLegendWhereOneIsTrueElseEachHasItsOwn)
{
    set({mapOf(4), mapOf(4)});
    const auto below = [&](std::size_t map) {
        return at(map)->height() - at(map)->pictureRect().bottom();
    };
    EXPECT_TRUE(legend()->isVisible());
    EXPECT_EQ(legend()->text(), "0 to ≥ 0.1, linear, clipped, 65 % opaque");

    std::vector<PictureMapData> other = {mapOf(4), mapOf(4)};
    other[1].scale.maximum = 1;
    set(other);
    EXPECT_FALSE(legend()->isVisible());
    EXPECT_GE(below(0), 22);
    other[1].notice = "No weights."; // what has no map has no colours
    set(other);
    EXPECT_TRUE(legend()->isVisible());
}

TEST_F(LinkedPictureMapsTest, FewerMapsLeaveNoneBehind)
{
    set({mapOf(4), mapOf(4), mapOf(4)});
    set({mapOf(4)});
    EXPECT_EQ(maps_.maps().size(), 1u);
    int visible = 0;
    for (const PictureMap* map : maps_.findChildren<PictureMap*>())
        visible += map->isVisible();
    EXPECT_EQ(visible, 1);
    set({});
    EXPECT_TRUE(maps_.maps().empty());
}

} // namespace
} // namespace vitrine
