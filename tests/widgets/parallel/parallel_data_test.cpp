#include "widgets/parallel/parallel_data.h"

#include "widgets/parallel/parallel_figure.h"

#include <QJsonArray>

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::parallel
{
namespace
{

// Three designs; one has no energy, the machine is the same in all.
Table designTable()
{
    return {"points",
            {{"rows", "1", Origin::computed, ""},
             {"energy", "mJ", Origin::computed, ""},
             {"dataflow", "", Origin::computed, ""},
             {"machine", "", Origin::computed, ""}},
            {{std::int64_t{8}, 2.0, std::string("os"), std::string("array")},
             {std::int64_t{16}, 900.0, std::string("ws"), std::string("array")},
             {std::int64_t{64}, {}, std::string("os"), std::string("array")}}};
}

TEST(ParallelData, ColumnsThatDifferBecomeAxes)
{
    const Data data = dataOf(designTable());

    ASSERT_EQ(data.axes.size(), 3u);
    EXPECT_EQ(data.rows(), 3u);
    EXPECT_EQ(data.axes[0].scale, figure::Scale::linear);
    EXPECT_EQ(data.axes[1].scale, figure::Scale::logarithmic); // over two decades
    EXPECT_TRUE(std::isnan(data.axes[1].values[2]));
    EXPECT_EQ(data.axes[2].words, (std::vector<std::string>{"os", "ws"}));
    EXPECT_EQ(data.axes[2].values, (std::vector<double>{0, 1, 0}));
    EXPECT_EQ(data.find("machine"), nullptr);
}

TEST(ParallelData, HeightsAndValuesAreInverse)
{
    const Data data = dataOf(designTable());
    for (const Axis& axis : data.axes) {
        const figure::Range range = rangeOf(axis);
        for (const double height : {0.0, 0.2, 0.5, 1.0})
            EXPECT_NEAR(heightOf(axis, range, valueAt(axis, range, height)), height, 1e-12)
                << axis.name;
    }
    EXPECT_EQ(heightOf(data.axes[0], rangeOf(data.axes[0]), 36), 0.5);
}

TEST(ParallelData, HeightsOfAllRowsAreTheHeightsOneByOne)
{
    for (const auto scale : {figure::Scale::linear, figure::Scale::logarithmic})
        for (const bool flipped : {false, true}) {
            Axis axis;
            axis.scale = scale;
            axis.values = {0.5, 700, std::nan(""), 3, 44.25};
            const figure::Range range = rangeOf(axis);

            const auto heights = heightsOf(axis, range, flipped);

            ASSERT_EQ(heights.size(), axis.values.size());
            for (std::size_t row = 0; row < heights.size(); ++row) {
                const double one = heightOf(axis, range, axis.values[row]);
                if (std::isnan(one))
                    EXPECT_TRUE(std::isnan(heights[row]));
                else
                    EXPECT_NEAR(heights[row], flipped ? 1 - one : one, 1e-6); // of a float
            }
        }
}

TEST(ParallelData, ARowIsKeptWithinAllBrushesEndsIncluded)
{
    const Data data = dataOf(designTable());
    State state;
    EXPECT_EQ(keptRows(data, state), (std::vector<std::uint8_t>{1, 1, 1}));

    state.brushes["rows"] = {8, 16};
    EXPECT_EQ(keptRows(data, state), (std::vector<std::uint8_t>{1, 1, 0}));
    state.brushes["dataflow"] = {0.5, 1.5};
    EXPECT_EQ(keptRows(data, state), (std::vector<std::uint8_t>{0, 1, 0}));
}

TEST(ParallelData, ARowWithoutAValueLiesInNoBrush)
{
    State state;
    state.brushes["energy"] = {0, 1e9};
    EXPECT_EQ(keptRows(dataOf(designTable()), state), (std::vector<std::uint8_t>{1, 1, 0}));
}

TEST(ParallelData, AStateComesBackFromJson)
{
    State state;
    state.order = {"energy", "rows"};
    state.brushes["energy"] = {0.25, 3};
    state.flipped = {"rows"};
    state.colour = "dataflow";

    const State read = readState(toJson(state));

    EXPECT_EQ(read.order, state.order);
    EXPECT_EQ(read.brushes.at("energy").high, 3);
    EXPECT_EQ(read.flipped, state.flipped);
    EXPECT_EQ(read.colour, state.colour);
    EXPECT_TRUE(toJson(State{}).isEmpty());
}

TEST(ParallelData, WhatIsNotAStateIsLeftOut)
{
    QJsonObject json;
    json["axes"] = "rows";
    json["brushes"] = QJsonObject{{"rows", QJsonArray{3, 1}}, {"energy", "all"}};
    const State state = readState(json);

    EXPECT_TRUE(state.order.empty());
    EXPECT_TRUE(state.brushes.empty());
}

TEST(ParallelData, AxesAreShownInTheStatesOrder)
{
    const Data data = dataOf(designTable());
    State state;
    EXPECT_EQ(shownAxes(data, state).size(), 3u);
    state.order = {"dataflow", "gone", "rows", "dataflow"};
    const auto shown = shownAxes(data, state);

    ASSERT_EQ(shown.size(), 2u);
    EXPECT_EQ(shown[0]->name, "dataflow");
    EXPECT_EQ(shown[1]->name, "rows");
}

TEST(ParallelFigure, KeptLinesAndOthersAreSeriesWithGaps)
{
    const Data data = dataOf(designTable());
    State state;
    state.brushes["rows"] = {8, 16};
    const figure::Figure figure = figureOf(data, state, 2000);

    ASSERT_EQ(figure.series.size(), 2u);
    EXPECT_EQ(figure.series[0].x.size(), 4u); // one row of three axes, and its gap
    EXPECT_EQ(figure.series[1].x.size(), 8u);
    EXPECT_TRUE(std::isnan(figure.series[1].y[3]));
    EXPECT_EQ(figure.x.ticks[1].label, "energy (mJ)");
}

TEST(ParallelFigure, ManyLinesBecomeAGrid)
{
    const figure::Figure figure = figureOf(dataOf(designTable()), {}, 2);

    ASSERT_EQ(figure.grids.size(), 1u);
    EXPECT_TRUE(figure.series.empty());
    EXPECT_GT(figure.grids.front().maximum, 0);
}

} // namespace
} // namespace vitrine::parallel
