#include "core/figure/figure.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace vitrine::figure
{
namespace
{

Figure lineFigure(std::vector<double> x, std::vector<double> y)
{
    Figure figure;
    figure.series = {{.x = std::move(x), .y = std::move(y)}};
    return figure;
}

TEST(Range, HasAMarginOfFourPercentAroundSeries)
{
    const Figure figure = lineFigure({0, 10}, {-1, NAN});

    EXPECT_DOUBLE_EQ(xRange(figure).low, -0.5); // one point is drawn: x = 0
    EXPECT_DOUBLE_EQ(xRange(figure).high, 0.5);
    EXPECT_DOUBLE_EQ(xRange(lineFigure({0, 10}, {1, 2})).high, 10.4);
}

TEST(Range, IsFilledByGridsWithoutMargin)
{
    Figure figure;
    figure.grids = {{.rows = 4, .columns = 8, .values = std::vector<float>(32)}};

    EXPECT_DOUBLE_EQ(xRange(figure).low, -0.5);
    EXPECT_DOUBLE_EQ(xRange(figure).high, 7.5);
    EXPECT_DOUBLE_EQ(yRange(figure).high, 3.5);
}

TEST(Range, IsFilledByPicturesAndGridsAlike)
{
    Figure figure;
    figure.images = {{.width = 4, .height = 2, .x0 = 0.5, .dx = 1, .y0 = 0.5, .dy = 1}};
    figure.grids = {{.rows = 1, .columns = 1, .values = {1}, .x0 = 5, .dx = 2}};

    EXPECT_DOUBLE_EQ(xRange(figure).low, 0);
    EXPECT_DOUBLE_EQ(xRange(figure).high, 6);
    EXPECT_DOUBLE_EQ(yRange(figure).low, -0.5);
    EXPECT_DOUBLE_EQ(yRange(figure).high, 2);
}

// At the foot of the picture, whichever way the axis runs.
TEST(Range, HasRoomForCaptionsUnderPictures)
{
    Figure figure;
    figure.images = {{.caption = "coat\n0.61", .width = 10, .height = 10}};

    EXPECT_LT(yRange(figure).low, -0.5 - 2);
    EXPECT_DOUBLE_EQ(yRange(figure).high, 9.5);
    figure.y.reversed = true;
    EXPECT_DOUBLE_EQ(yRange(figure).low, -0.5);
    EXPECT_GT(yRange(figure).high, 9.5 + 2);
}

TEST(Range, OfBarsStandsOnZero)
{
    Figure figure;
    figure.bars = {{.position = {0, 1}, .height = {2, 4}}};

    EXPECT_EQ(yRange(figure).low, 0);
    EXPECT_NEAR(yRange(figure).high, 4.16, 1e-12);
    EXPECT_NEAR(xRange(figure).low, -0.4 - 0.04 * 1.8, 1e-12);
}

TEST(Range, OfALogarithmicAxisIgnoresWhatItCannotShow)
{
    Figure figure = lineFigure({1, 2, 3}, {0, 1, 100});
    figure.y.scale = Scale::logarithmic;

    EXPECT_NEAR(yRange(figure).low, std::pow(100, -0.04), 1e-12);
    EXPECT_NEAR(yRange(figure).high, 100 * std::pow(100, 0.04), 1e-9);
}

TEST(Range, FollowsTheAxisWhereItIsGiven)
{
    Figure figure = lineFigure({0, 1}, {0, 1});
    figure.y.minimum = 0.25;
    figure.x.maximum = -3; // below the data: an empty range is mended

    EXPECT_EQ(yRange(figure).low, 0.25);
    EXPECT_GT(xRange(figure).high, xRange(figure).low);
}

TEST(Range, IncludesLinesAcross)
{
    Figure figure = lineFigure({0, 1}, {0, 1});
    figure.spans = {{.from = 5, .to = 5}};

    EXPECT_GE(yRange(figure).high, 5);
}

TEST(Range, OfNumbersOfAnySizeCanBeDivided)
{
    const double infinity = std::numeric_limits<double>::infinity();
    for (const auto& values : std::vector<std::vector<double>>{
             {-1e308, 1e308}, {infinity, -infinity, 3}, {1e18, 1e18 + 1024}, {1e300}, {5e-324}})
        for (const Scale scale : {Scale::linear, Scale::logarithmic}) {
            Figure figure;
            figure.series = {{.x = values, .y = values}};
            figure.x.scale = scale;
            const Range range = xRange(figure);
            EXPECT_GT(range.high - range.low, 0) << values[0];
            EXPECT_TRUE(std::isfinite(range.high - range.low)) << values[0];
            EXPECT_GT((range.low + range.high) / 2, range.low) << values[0];
        }
}

TEST(Range, OfNothingIsAUsableRange)
{
    EXPECT_LT(xRange(Figure()).low, xRange(Figure()).high);
    Figure logarithmic;
    logarithmic.x.scale = Scale::logarithmic;
    EXPECT_GT(xRange(logarithmic).low, 0);
}

} // namespace
} // namespace vitrine::figure
