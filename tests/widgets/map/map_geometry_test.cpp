#include "widgets/map/map_geometry.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const QRectF kArea(80, 60, 400, 300);

TEST(MapGeometry, FitsTheWholeMapInTheMiddleWithSquareCells)
{
    const MapGeometry g = mapGeometry(kArea, 100, 100, {});

    EXPECT_DOUBLE_EQ(g.scale, 3);
    EXPECT_EQ(g.visible(), QRectF(130, 60, 300, 300));
    EXPECT_EQ(g.cellAt({131, 61}), (MapCell{0, 0}));
    EXPECT_EQ(g.cellAt({429, 359}), (MapCell{99, 99}));
    EXPECT_EQ(g.cellAt({100, 100}), std::nullopt); // beside the map
}

TEST(MapGeometry, ZoomKeepsTheCellUnderTheCursor)
{
    MapWindow window{50, 50, 4};
    const QPointF anchor(300, 150);
    for (int i = 0; i < 5; ++i) {
        const MapGeometry before = mapGeometry(kArea, 1000, 1000, window);
        window = zoomed(before, anchor, 1.5);
        const MapGeometry after = mapGeometry(kArea, 1000, 1000, window);
        if (before.window.row > 150 / before.scale) { // not at the border
            EXPECT_NEAR(before.rowAt(anchor.y()), after.rowAt(anchor.y()), 1e-6);
            EXPECT_NEAR(before.columnAt(anchor.x()), after.columnAt(anchor.x()), 1e-6);
        }
    }
}

TEST(MapGeometry, NeverShowsGroundBeyondTheBorderNorZoomsOutOfTheMap)
{
    for (const MapWindow wish :
         {MapWindow{-1, -1, 0.001}, MapWindow{1e9, 1e9, 8}, MapWindow{0, 0, 1e12}}) {
        const MapGeometry g = mapGeometry(kArea, 512, 512, wish);
        EXPECT_GE(g.window.zoom, 1);
        EXPECT_LE(g.scale, std::max(kLargestCell, g.fit) + 1e-9);
        if (g.scale * 512 >= kArea.width()) {
            EXPECT_NEAR(g.visible().width(), kArea.width(), 1e-6);
            EXPECT_NEAR(g.visible().height(), kArea.height(), 1e-6);
        }
    }
}

TEST(MapGeometry, RevealMovesNoMoreThanNeeded)
{
    const MapGeometry g = mapGeometry(kArea, 1000, 1000, {500, 500, 20});
    const MapCell inside = *g.cellAt(g.area.center());
    EXPECT_EQ(revealed(g, inside), g.window);

    const MapGeometry moved = mapGeometry(kArea, 1000, 1000, revealed(g, {900, 100}));
    const QPointF corner = moved.toPixel(900, 100);
    EXPECT_GE(corner.x(), kArea.left() - 1e-6);
    EXPECT_LE(corner.y() + moved.scale, kArea.bottom() + 1e-6);
}

TEST(MapGeometry, EmptyMapsAndAreasAreHarmless)
{
    EXPECT_TRUE(mapGeometry(kArea, 0, 0, {}).visible().isEmpty());
    EXPECT_EQ(mapGeometry(QRectF(0, 0, 0, 0), 5, 5, {}).cellAt({0, 0}), std::nullopt);
    EXPECT_EQ(mapGeometry(kArea, 1, 1, {}).cellAt(kArea.center()), (MapCell{0, 0}));
}

} // namespace
} // namespace vitrine
