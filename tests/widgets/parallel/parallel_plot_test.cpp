#include "widgets/parallel/parallel_plot.h"

#include <QApplication>
#include <QMouseEvent>
#include <QTest>

#include <gtest/gtest.h>

#include <random>

namespace vitrine::parallel
{
namespace
{

// Ten designs: rows 1..10, cycles falling with them, two dataflows.
Data designData()
{
    Data data;
    data.axes = {{.name = "rows", .label = "Rows"},
                 {.name = "cycles", .label = "Cycles", .unit = "cycle"},
                 {.name = "dataflow", .label = "Dataflow", .words = {"os", "ws"}}};
    for (int i = 1; i <= 10; ++i) {
        data.axes[0].values.push_back(i);
        data.axes[1].values.push_back(11 - i);
        data.axes[2].values.push_back(i % 2);
    }
    return data;
}

// The owner obeys every wish, as a view does.
class ParallelPlotTest : public testing::Test
{
protected:
    ParallelPlotTest()
    {
        plot_.resize(640, 300);
        plot_.setData(designData());
        QObject::connect(&plot_, &ParallelPlot::stateWished, &plot_,
                         [this](const State& state, const QString&, const QString& key) {
                             keys_ << key;
                             plot_.setState(state);
                         });
        plot_.show();
        plot_.setFocus();
    }
    QPointF pointOn(int axis, double value) { return plot_.plotGeometry().pointOn(axis, value); }
    QRectF titleOf(int axis) { return plot_.plotGeometry().titleOf(axis); }
    void drag(QPointF from, QPointF to)
    {
        QTest::mousePress(&plot_, Qt::LeftButton, {}, from.toPoint());
        for (const double share : {0.3, 0.7, 1.0}) {
            const QPointF at = from + share * (to - from);
            QMouseEvent move(QEvent::MouseMove, at, plot_.mapToGlobal(at), Qt::NoButton,
                             Qt::LeftButton, {});
            QApplication::sendEvent(&plot_, &move);
        }
        QTest::mouseRelease(&plot_, Qt::LeftButton, {}, to.toPoint());
    }
    void hover(QPointF at)
    {
        QMouseEvent move(QEvent::MouseMove, at, plot_.mapToGlobal(at), Qt::NoButton, Qt::NoButton,
                         {});
        QApplication::sendEvent(&plot_, &move);
    }
    void key(int key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(&plot_, static_cast<Qt::Key>(key), modifiers);
    }
    std::vector<int> kept() const
    {
        std::vector<int> rows;
        for (std::size_t i = 0; i < plot_.kept().size(); ++i)
            if (plot_.kept()[i])
                rows.push_back(static_cast<int>(i) + 1);
        return rows;
    }

    ParallelPlot plot_;
    QStringList keys_;
};

TEST_F(ParallelPlotTest, ADragAlongAnAxisKeepsTheRowsBesideIt)
{
    drag(pointOn(0, 2.6), pointOn(0, 5.4));

    EXPECT_EQ(kept(), (std::vector<int>{3, 4, 5}));
    EXPECT_TRUE(keys_.count("brush-drag-rows") == keys_.size()); // one step of undo
    EXPECT_TRUE(plot_.accessibleDescription().startsWith("3 of 10 rows kept."));
}

TEST_F(ParallelPlotTest, BrushesOnTwoAxesKeepWhatIsInBoth)
{
    drag(pointOn(0, 2.6), pointOn(0, 8.4));
    drag(pointOn(2, 0.6), pointOn(2, 1.4));

    EXPECT_EQ(kept(), (std::vector<int>{3, 5, 7}));
}

TEST_F(ParallelPlotTest, TheBrushMovesAndItsEndsMove)
{
    drag(pointOn(0, 2.6), pointOn(0, 5.4));
    drag(pointOn(0, 4), pointOn(0, 6));
    EXPECT_EQ(kept(), (std::vector<int>{5, 6, 7}));

    drag(pointOn(0, plot_.state().brushes.at("rows").high), pointOn(0, 9.5));
    EXPECT_EQ(kept(), (std::vector<int>{5, 6, 7, 8, 9}));
    drag(pointOn(0, plot_.state().brushes.at("rows").low), pointOn(0, 7.5));
    EXPECT_EQ(kept(), (std::vector<int>{8, 9}));
}

TEST_F(ParallelPlotTest, ADragPastTheEndKeepsTheOutermostRow)
{
    drag(pointOn(0, 8.6), pointOn(0, 10) - QPointF(0, 10));

    EXPECT_EQ(kept(), (std::vector<int>{9, 10}));
}

TEST_F(ParallelPlotTest, AClickOnTheAxisRemovesItsBrush)
{
    drag(pointOn(0, 2.6), pointOn(0, 5.4));
    QTest::mouseClick(&plot_, Qt::LeftButton, {}, pointOn(0, 8).toPoint());

    EXPECT_EQ(kept().size(), 10u);
    EXPECT_TRUE(plot_.state().brushes.empty());
}

TEST_F(ParallelPlotTest, ATitleThatIsDraggedMovesItsAxis)
{
    drag(titleOf(0).center(), QPointF(pointOn(2, 0).x(), titleOf(0).center().y()));

    EXPECT_EQ(plot_.axisNames(), (QStringList{"cycles", "dataflow", "rows"}));
}

TEST_F(ParallelPlotTest, ADoubleClickTurnsAnAxisOver)
{
    const double before = pointOn(1, 10).y();
    QTest::mouseDClick(&plot_, Qt::LeftButton, {}, titleOf(1).center().toPoint());

    EXPECT_EQ(pointOn(1, 1).y(), before);
    drag(pointOn(1, 2.6), pointOn(1, 0.9)); // the brush follows the screen
    EXPECT_EQ(kept(), (std::vector<int>{9, 10}));
}

TEST_F(ParallelPlotTest, AllByKeyboard)
{
    key(Qt::Key_Right);
    EXPECT_EQ(plot_.currentAxis(), 1);
    key(Qt::Key_Return); // cycles 3.25 to 7.75
    EXPECT_EQ(kept(), (std::vector<int>{4, 5, 6, 7}));
    for (int i = 0; i < 10; ++i)
        key(Qt::Key_Up, Qt::ShiftModifier); // upper end 9.55
    EXPECT_EQ(kept(), (std::vector<int>{2, 3, 4, 5, 6, 7}));
    for (int i = 0; i < 10; ++i)
        key(Qt::Key_Up, Qt::ControlModifier); // lower end 5.05
    EXPECT_EQ(kept(), (std::vector<int>{2, 3, 4, 5}));
    key(Qt::Key_Left, Qt::ControlModifier);
    EXPECT_EQ(plot_.axisNames().front(), "cycles");
    EXPECT_EQ(plot_.currentAxis(), 0);
    key(Qt::Key_C);
    EXPECT_EQ(plot_.state().colour, "cycles");
    key(Qt::Key_H);
    EXPECT_EQ(plot_.axisNames(), (QStringList{"rows", "dataflow"}));
    EXPECT_EQ(kept().size(), 10u); // its brush went with it
    key(Qt::Key_Down);
    EXPECT_FALSE(plot_.state().brushes.empty());
    key(Qt::Key_Escape);
    EXPECT_TRUE(plot_.state().brushes.empty());
}

TEST_F(ParallelPlotTest, ALineUnderThePointerSaysItsValues)
{
    const QPointF near = pointOn(0, 10) + 0.3 * (pointOn(1, 1) - pointOn(0, 10));
    hover(near);
    EXPECT_EQ(plot_.hoveredRow(), 9);
    EXPECT_TRUE(rowText(plot_.shown(), plot_.hoveredRow()).contains("Rows  10"));
    EXPECT_TRUE(rowText(plot_.shown(), plot_.hoveredRow()).contains("Dataflow  os"));

    int clicked = -1;
    QObject::connect(&plot_, &ParallelPlot::rowClicked, &plot_, [&](int row) { clicked = row; });
    QTest::mouseClick(&plot_, Qt::LeftButton, {}, near.toPoint());
    EXPECT_EQ(clicked, 9);
}

TEST_F(ParallelPlotTest, ARowThatIsNotKeptIsNotUnderThePointer)
{
    drag(pointOn(0, 2.6), pointOn(0, 5.4));
    hover(pointOn(0, 10) + 0.3 * (pointOn(1, 1) - pointOn(0, 10)));

    EXPECT_EQ(plot_.hoveredRow(), -1);
}

TEST_F(ParallelPlotTest, ManyRowsAreADensityUntilABrushLeavesFew)
{
    Data data = designData();
    std::mt19937 random(3);
    std::uniform_real_distribution<double> uniform(0, 10);
    for (Axis& axis : data.axes) {
        axis.words.clear();
        axis.values.resize(100'000);
        for (double& value : axis.values)
            value = uniform(random);
    }
    plot_.setData(std::move(data));
    EXPECT_GT(plot_.keptCount(), kMostLines);
    const QImage density = plot_.grab().toImage();

    drag(pointOn(0, 5), pointOn(0, 5.6));
    drag(pointOn(1, 5), pointOn(1, 5.6));

    EXPECT_LE(plot_.keptCount(), kMostLines);
    EXPECT_GT(plot_.keptCount(), 0u);
    EXPECT_TRUE(plot_.grab().toImage() != density);
}

TEST_F(ParallelPlotTest, NothingToShowIsSaid)
{
    plot_.setData({});
    plot_.setState({});
    key(Qt::Key_Return);
    hover({300, 100});

    EXPECT_EQ(plot_.keptCount(), 0u);
    EXPECT_TRUE(plot_.axisNames().isEmpty());
    plot_.grab();
}

} // namespace
} // namespace vitrine::parallel
