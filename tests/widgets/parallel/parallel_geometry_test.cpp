#include "widgets/parallel/parallel_geometry.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::parallel
{
namespace
{

// Three axes; row 2 has no value on the second.
Data threeAxes()
{
    Data data;
    data.axes = {{.name = "a", .label = "A", .values = {0, 5, 10}},
                 {.name = "b", .label = "B", .values = {0, 1, std::nan("")}},
                 {.name = "c", .label = "C", .values = {1, 2, 3}}};
    return data;
}

class GeometryTest : public testing::Test
{
protected:
    GeometryTest() { shown_.setData(threeAxes()); }
    Geometry plot() const { return {shown_, QSizeF(510, 264)}; } // field: 62..462, 48..248

    ShownData shown_;
};

TEST_F(GeometryTest, AxesShareTheWidthAndValuesTheHeight)
{
    EXPECT_EQ(plot().field(), QRectF(62, 48, 400, 200));
    EXPECT_EQ(plot().pointOn(0, 0), QPointF(62, 248));
    EXPECT_EQ(plot().pointOn(1, 1), QPointF(262, 48));
    EXPECT_EQ(plot().pointOn(2, 2), QPointF(462, 148));
    EXPECT_EQ(plot().heightAt(148), 0.5);
    EXPECT_EQ(plot().heightAt(400), 0); // clamped
}

TEST_F(GeometryTest, AnAxisTurnedOverHasItsLeastValueOnTop)
{
    shown_.setState({.flipped = {"a"}});

    EXPECT_EQ(plot().pointOn(0, 0), QPointF(62, 48));
}

TEST_F(GeometryTest, OneAxisStandsInTheMiddle)
{
    shown_.setState({.order = {"c"}});

    EXPECT_EQ(plot().xOf(0), 262);
    EXPECT_EQ(plot().placeNear(500), 0);
    EXPECT_EQ(plot().rowNear({262, 148}), -1);
}

TEST_F(GeometryTest, APressTakesTheTitleTheAxisItsBrushOrAnEndOfIt)
{
    shown_.setState({.brushes = {{"a", {2, 6}}}}); // from y 208 up to 128
    const auto at = [this](double x, double y) { return plot().gripAt({x, y}); };

    EXPECT_EQ(at(62, 20).grip, Grip::title);
    EXPECT_EQ(at(262, 20).axis, 1);
    EXPECT_EQ(at(62, 170).grip, Grip::whole);
    EXPECT_EQ(at(62, 130).grip, Grip::upper);
    EXPECT_EQ(at(62, 206).grip, Grip::lower);
    EXPECT_EQ(at(62, 240).grip, Grip::fresh);
    EXPECT_EQ(at(262, 170).grip, Grip::fresh);
    EXPECT_EQ(at(160, 170).grip, Grip::none);

    shown_.setState({.brushes = {{"a", {2, 6}}}, .flipped = {"a"}}); // from y 88 down to 168
    EXPECT_EQ(at(62, 88).grip, Grip::lower);
    EXPECT_EQ(at(62, 168).grip, Grip::upper);
}

TEST_F(GeometryTest, TheNearestKeptRowIsUnderThePointer)
{
    EXPECT_EQ(plot().rowNear({162, 248}), 0);
    EXPECT_EQ(plot().rowNear({162, 98}), 1);  // from 0.5 to 1
    EXPECT_EQ(plot().rowNear({162, 60}), -1); // row 2 has a gap here
    shown_.setState({.brushes = {{"a", {4, 10}}}});
    EXPECT_EQ(plot().rowNear({162, 248}), -1);
}

TEST_F(GeometryTest, ATitleThatIsDraggedFollowsThePointer)
{
    const Geometry moved(shown_, QSizeF(510, 264), {1, 300});

    EXPECT_EQ(moved.titleOf(1).center().x(), 300);
    EXPECT_EQ(moved.titleOf(0), plot().titleOf(0));
    EXPECT_EQ(plot().placeNear(370), 2);
}

} // namespace
} // namespace vitrine::parallel
