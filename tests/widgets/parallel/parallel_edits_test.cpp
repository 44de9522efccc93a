#include "widgets/parallel/parallel_edits.h"

#include <gtest/gtest.h>

namespace vitrine::parallel
{
namespace
{

// Two axes from 0 to 10, the second turned over, the first brushed.
class EditsTest : public testing::Test
{
protected:
    EditsTest()
    {
        Data data;
        data.axes = {{.name = "a", .label = "A", .values = {0, 5, 10}},
                     {.name = "b", .label = "B", .values = {0, 5, 10}}};
        shown_.setData(std::move(data));
        shown_.setState({.brushes = {{"a", {2, 6}}}, .flipped = {"b"}});
    }
    static void expectRange(figure::Range range, double low, double high)
    {
        EXPECT_NEAR(range.low, low, 1e-12);
        EXPECT_NEAR(range.high, high, 1e-12);
    }

    ShownData shown_;
};

TEST_F(EditsTest, ABrushIsSetAndRemovedUnderItsAxis)
{
    const Edit edit = brushed(shown_, 1, {3, 4}, QStringLiteral("brush-drag"));
    expectRange(edit.state.brushes.at("b"), 3, 4);
    EXPECT_EQ(edit.label, "Brush B");
    EXPECT_EQ(edit.mergeKey, "brush-drag-b");
    EXPECT_EQ(brushed(shown_, 1, {3, 4}).mergeKey, "");

    EXPECT_TRUE(brushRemoved(shown_, 0)->state.brushes.empty());
    EXPECT_FALSE(brushRemoved(shown_, 1));
    EXPECT_TRUE(brushesRemoved(shown_)->state.brushes.empty());
}

TEST_F(EditsTest, AxesMoveHideAndComeBack)
{
    using Names = std::vector<std::string>;
    EXPECT_EQ(axisMoved(shown_, 0, 1)->state.order, (Names{"b", "a"}));
    EXPECT_FALSE(axisMoved(shown_, 0, 0));
    EXPECT_FALSE(axisMoved(shown_, 1, 2));

    const Edit hidden = axisHidden(shown_, 0).value();
    EXPECT_EQ(hidden.state.order, (Names{"b"}));
    EXPECT_TRUE(hidden.state.brushes.empty()); // a brush that nobody sees would surprise
    shown_.setState(hidden.state);
    EXPECT_FALSE(axisHidden(shown_, 0)); // the last one stays
    EXPECT_EQ(axisAdded(shown_, "a").state.order, (Names{"b", "a"}));
}

TEST_F(EditsTest, TurningOverAndColouringTwiceIsAsBefore)
{
    EXPECT_TRUE(axisTurnedOver(shown_, 1).state.flipped.empty());
    EXPECT_TRUE(axisTurnedOver(shown_, 0).state.flipped.contains("a"));
    const Edit coloured = colouredBy(shown_, 0);
    EXPECT_EQ(coloured.state.colour, "a");
    shown_.setState(coloured.state);
    EXPECT_EQ(colouredBy(shown_, 0).state.colour, "");
}

TEST_F(EditsTest, ADragMovesABrushWithinItsAxis)
{
    const ShownAxis& axis = shown_.axis(0);
    expectRange(draggedBrush(axis, Grip::fresh, {}, 0.7, 0.3), 3, 7);
    expectRange(draggedBrush(axis, Grip::whole, {2, 6}, 0.4, 0.5), 3, 7);
    expectRange(draggedBrush(axis, Grip::whole, {2, 6}, 0.4, 1), 6, 10);
    expectRange(draggedBrush(axis, Grip::upper, {2, 6}, 0.6, 0.8), 2, 8);
    expectRange(draggedBrush(axis, Grip::upper, {2, 6}, 0.6, 0.1), 1, 2); // past the other end
    expectRange(draggedBrush(shown_.axis(1), Grip::fresh, {}, 0.1, 0.4), 6, 9);
}

TEST_F(EditsTest, ArrowKeysMoveABrushUpOnTheScreen)
{
    expectRange(steppedBrush(shown_.axis(0), Grip::whole, {2, 6}, 1), 2.2, 6.2);
    expectRange(steppedBrush(shown_.axis(1), Grip::whole, {2, 6}, 1), 1.8, 5.8);
    expectRange(steppedBrush(shown_.axis(0), Grip::upper, {2, 9.9}, 1), 2, 10);
    expectRange(steppedBrush(shown_.axis(0), Grip::lower, {2, 6}, -1), 1.8, 6);
    expectRange(freshBrush(shown_.axis(0)), 2.5, 7.5);
}

} // namespace
} // namespace vitrine::parallel
