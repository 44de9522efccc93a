#include "widgets/picture/picture_map.h"

#include "core/figure/not_finite.h"
#include "widgets/map/colour_scale.h"
#include "widgets/theme/palette.h"

#include <gtest/gtest.h>

#include <QHelpEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

#include <cmath>

namespace vitrine
{
namespace
{

using Patch = std::optional<std::int64_t>;

const QColor kGrey(90, 90, 90);

// A grey picture of 64 x 64 with 4 x 4 patches, whose values are their numbers.
PictureMapData sample()
{
    PictureMapData data;
    data.picture = QImage(64, 64, QImage::Format_RGB32);
    data.picture.fill(kGrey);
    data.rows = data.columns = 4;
    for (int patch = 0; patch < 16; ++patch)
        data.values.push_back(static_cast<float>(patch));
    data.scale = {.minimum = 0, .maximum = 15};
    data.opacity = 1;
    data.upsampling = figure::Upsampling::nearest;
    data.caption = "Softmax";
    data.quantity = "attention";
    return data;
}

class PictureMapTest : public testing::Test
{
protected:
    PictureMapTest() : map_(nullptr)
    {
        theme::setTheme(theme::ThemeName::light);
        map_.resize(300, 360);
        map_.setData(sample());
        map_.show();
    }
    ~PictureMapTest() override { theme::setTheme(theme::ThemeName::light); }

    QColor colourAt(QPointF pixel)
    {
        const QImage image = map_.grab().toImage();
        return image.pixelColor((pixel * image.devicePixelRatio()).toPoint());
    }
    QPoint middleOf(std::int64_t patch) { return map_.patchRect(patch).center().toPoint(); }
    // Pixels of a colour in a place of the widget.
    int count(const QColor& colour, const QRectF& place)
    {
        const QImage image = map_.grab().toImage();
        int seen = 0;
        for (int y = static_cast<int>(place.top()); y < place.bottom(); ++y)
            for (int x = static_cast<int>(place.left()); x < place.right(); ++x)
                seen += image.pixelColor(x, y) == colour;
        return seen;
    }

    PictureMap map_;
};

TEST_F(PictureMapTest, PatchesHaveTheirValuesColours)
{
    const ColourTable table(sample().scale);
    for (const std::int64_t patch : {0, 5, 15})
        EXPECT_EQ(colourAt(middleOf(patch)).rgb(), table.colour(static_cast<float>(patch)));
}

TEST_F(PictureMapTest, OpacityMixesMapAndPicture)
{
    PictureMapData data = sample();
    data.opacity = 0;
    map_.setData(data);
    EXPECT_EQ(colourAt(middleOf(15)), kGrey);

    data.opacity = 0.5;
    map_.setData(data);
    const QColor colour = ColourTable(data.scale).colour(15);
    EXPECT_NEAR(colourAt(middleOf(15)).red(), (colour.red() + kGrey.red()) / 2, 2);
}

TEST_F(PictureMapTest, BetweenPatchesIsWhatIsWished)
{
    const QPointF edge = QRectF(map_.patchRect(5)).topRight() + QPointF(0, 20);
    const auto step = [&] { // across the edge between two patches
        return std::abs(colourAt(edge - QPointF(2, 0)).green() -
                        colourAt(edge + QPointF(2, 0)).green());
    };
    const int sharp = step();
    for (const auto upsampling : {figure::Upsampling::bilinear, figure::Upsampling::bicubic}) {
        PictureMapData data = sample();
        data.upsampling = upsampling;
        map_.setData(data);
        EXPECT_LT(step(), sharp / 2);
    }
}

TEST_F(PictureMapTest, CellsWithoutAValueShowThePictureAndWhatIsNotFiniteIsHatched)
{
    PictureMapData data = sample();
    data.values[5] = std::nanf("");
    data.values[10] = figure::kNotFinite;
    map_.setData(data);

    EXPECT_EQ(colourAt(middleOf(5)), kGrey);
    EXPECT_GT(count(theme::palette().error, map_.patchRect(10)), 50);
    EXPECT_EQ(count(theme::palette().error, map_.patchRect(5)), 0);
    EXPECT_TRUE(map_.patchText(10).contains("not finite"));
    EXPECT_TRUE(map_.patchText(5).contains("no value"));
}

TEST_F(PictureMapTest, PictureKeepsItsShapeAtAnySize)
{
    PictureMapData data = sample();
    data.picture = QImage(120, 60, QImage::Format_RGB32);
    map_.setData(data);
    for (const QSize size : {QSize(140, 180), QSize(700, 740), QSize(700, 200)}) {
        map_.resize(size);
        const QRectF place = map_.pictureRect();
        EXPECT_NEAR(place.width() / place.height(), 2, 0.05);
        EXPECT_TRUE(QRectF(map_.rect()).contains(place));
    }
}

TEST_F(PictureMapTest, PointerReadsThePatchUnderIt)
{
    QSignalSpy spy(&map_, &PictureMap::patchHovered);

    QTest::mouseMove(&map_, {1, 1});
    QTest::mouseMove(&map_, middleOf(6));
    QTest::mouseMove(&map_, middleOf(6) + QPoint(3, 3));
    ASSERT_EQ(spy.size(), 1);
    EXPECT_EQ(spy[0][0].value<Patch>(), Patch(6));
    EXPECT_EQ(map_.hovered(), Patch(6));
    EXPECT_EQ(map_.patchText(6), "Row 1, column 2: attention 6");

    QTest::mouseMove(&map_, {1, 1});
    EXPECT_EQ(spy.last()[0].value<Patch>(), Patch());
}

TEST_F(PictureMapTest, ClickAndArrowsChooseAPatch)
{
    QSignalSpy spy(&map_, &PictureMap::patchChosen);

    QTest::mouseClick(&map_, Qt::LeftButton, {}, middleOf(5));
    QTest::keyClick(&map_, Qt::Key_Right);
    QTest::keyClick(&map_, Qt::Key_Down);
    QTest::keyClick(&map_, Qt::Key_Right);
    QTest::keyClick(&map_, Qt::Key_Right); // the border holds it: nothing is said
    QTest::keyClick(&map_, Qt::Key_Home);

    QList<std::int64_t> chosen;
    for (const auto& call : spy)
        chosen << call[0].value<std::int64_t>();
    EXPECT_EQ(chosen, (QList<std::int64_t>{5, 6, 10, 11, 0}));
    EXPECT_EQ(map_.data().selected, Patch(0));
    EXPECT_TRUE(map_.accessibleDescription().contains("Row 0, column 0: attention 0"));
}

TEST_F(PictureMapTest, ClicksBesideThePictureChooseNothing)
{
    QSignalSpy spy(&map_, &PictureMap::patchChosen);
    QTest::mouseClick(&map_, Qt::LeftButton, {}, {2, 2}); // the caption
    EXPECT_TRUE(spy.isEmpty());
}

TEST_F(PictureMapTest, TheChosenPatchIsOutlinedInEveryTheme)
{
    for (const auto name :
         {theme::ThemeName::light, theme::ThemeName::dark, theme::ThemeName::highContrast}) {
        theme::setTheme(name);
        map_.setSelected({});
        const QImage before = map_.grab().toImage();
        map_.setSelected(5);
        const QImage after = map_.grab().toImage();
        int different = 0;
        const QRect around = map_.patchRect(5).toAlignedRect().adjusted(-3, -3, 3, 3);
        for (int y = 0; y < after.height(); ++y)
            for (int x = 0; x < after.width(); ++x) {
                const bool changed = before.pixel(x, y) != after.pixel(x, y);
                EXPECT_TRUE(!changed || around.contains(x, y));
                different += changed;
            }
        EXPECT_GT(different, 4 * 50);
    }
}

TEST_F(PictureMapTest, MarksAreOutlinedAndHiddenPatchesHatched)
{
    PictureMapData data = sample();
    data.marks = {9, 99, -1}; // those that are no patches are left out
    map_.setData(data);
    const QColor value = ColourTable(data.scale).colour(9);
    EXPECT_EQ(colourAt(middleOf(9)), value);
    EXPECT_EQ(map_.data().marks.size(), 1u);
    EXPECT_TRUE(map_.patchText(9).endsWith("marked"));

    data.marksHidden = true;
    map_.setData(data);
    EXPECT_EQ(count(value, map_.patchRect(9)), 0);
    EXPECT_GT(count(theme::palette().muted, map_.patchRect(9)), 50);
    EXPECT_TRUE(map_.patchText(9).endsWith("hidden"));
}

TEST_F(PictureMapTest, ANoticeStandsInsteadOfTheMap)
{
    PictureMapData data = sample();
    data.notice = "Linear attention has no weights for a single patch.";
    map_.setData(data);
    QSignalSpy spy(&map_, &PictureMap::patchChosen);

    QTest::mouseClick(&map_, Qt::LeftButton, {}, map_.pictureRect().center().toPoint());
    QTest::keyClick(&map_, Qt::Key_Right);

    EXPECT_TRUE(spy.isEmpty());
    EXPECT_NE(colourAt(map_.pictureRect().topLeft() + QPointF(4, 4)).rgb(),
              ColourTable(data.scale).colour(0));
    EXPECT_TRUE(map_.accessibleDescription().contains("Linear attention"));
}

TEST_F(PictureMapTest, ValuesThatAreNotOnePerPatchAreNotDrawn)
{
    PictureMapData data = sample();
    data.values.pop_back();
    map_.setData(data);

    EXPECT_EQ(colourAt(middleOf(3)), kGrey);
    EXPECT_EQ(map_.patchAt(map_.patchRect(3).center()), Patch(3)) << "patches can still be chosen";
}

TEST_F(PictureMapTest, WithoutAPictureItSaysSo)
{
    map_.setData({});
    EXPECT_TRUE(map_.pictureRect().isEmpty());
    EXPECT_GT(count(theme::palette().muted, map_.rect()), 5);
    QTest::mouseClick(&map_, Qt::LeftButton, {}, map_.rect().center());
    QTest::keyClick(&map_, Qt::Key_Right);
    EXPECT_EQ(map_.data().selected, Patch());
}

TEST_F(PictureMapTest, FocusIsShownAroundThePicture)
{
    map_.activateWindow();
    map_.setFocus();
    ASSERT_TRUE(QTest::qWaitFor([&] { return map_.hasFocus(); }));
    EXPECT_GT(count(theme::palette().accent, map_.rect()), 800);
}

// Where the picture is narrow the legend's words are cut.
TEST_F(PictureMapTest, UnderThePointerCaptionPatchAndLegendAreSaidInFull)
{
    PictureMapData data = sample();
    data.caption = "Softmax attention of the class token, layer 11, head 3";
    data.opacity = 0.5;
    map_.setData(data);
    const auto saidAt = [&](QPoint at) {
        QHelpEvent event(QEvent::ToolTip, at, map_.mapToGlobal(at));
        QApplication::sendEvent(&map_, &event);
        return QToolTip::text();
    };

    EXPECT_EQ(saidAt({20, 8}), data.caption);
    EXPECT_EQ(saidAt(middleOf(5)), map_.patchText(5));
    const auto foot = static_cast<int>(map_.pictureRect().bottom());
    EXPECT_EQ(saidAt({20, foot + 10}), "attention: 0 to 15, linear, 50 % opaque");
}

TEST_F(PictureMapTest, MenuIsWishedAtThePointer)
{
    QSignalSpy spy(&map_, &PictureMap::menuWished);
    const QPoint at = middleOf(5);
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, map_.mapToGlobal(at));
    QApplication::sendEvent(&map_, &event);
    ASSERT_EQ(spy.size(), 1);
    EXPECT_EQ(spy[0][0].toPoint(), map_.mapToGlobal(at));
}

} // namespace
} // namespace vitrine
