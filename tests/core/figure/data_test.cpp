#include "core/figure/data.h"

#include "core/base/json.h"
#include "core/figure/not_finite.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::figure
{
namespace
{

Figure small()
{
    Figure figure{.name = "small", .title = "A small one"};
    figure.x = {.label = "key", .unit = "token"};
    figure.series = {{.name = "s, \"mass\"", .x = {0, 1}, .y = {0.1, NAN}, .line = Line::solid}};
    figure.bars = {{.name = "stack", .position = {2}, .height = {3}, .base = {1}}};
    figure.grids = {{.name = "w", .rows = 2, .columns = 2, .values = {1, NAN, 0.5F, 0.25F}}};
    figure.spans = {{.name = "threshold", .from = 0.5, .to = 0.5}};
    return figure;
}

TEST(FigureCsv, HasEveryValueAndQuotesNames)
{
    EXPECT_EQ(figureCsv(small()), "kind,name,x,y,base,value,text\n"
                                  "point,\"s, \"\"mass\"\"\",0,0.1,,,\n"
                                  "point,\"s, \"\"mass\"\"\",1,,,,\n"
                                  "bar,stack,2,4,1,,\n"
                                  "cell,w,0,0,,1,\n"
                                  "cell,w,0,1,,0.5,\n"
                                  "cell,w,1,1,,0.25,\n"
                                  "span,threshold,,0.5,0.5,,\n");
}

// A cell that is not finite is one, other than a cell that is not there.
TEST(FigureCsv, TellsACellThatIsNotFiniteFromNone)
{
    const Figure figure{
        .grids = {{.name = "w", .rows = 1, .columns = 3, .values = {kNotFinite, NAN, 0}}}};

    EXPECT_EQ(figureCsv(figure), "kind,name,x,y,base,value,text\n"
                                 "cell,w,0,0,,nan,\n"
                                 "cell,w,2,0,,0,\n");
}

TEST(FigureJson, SaysRangesAndLabels)
{
    const Json json = figureJson(small());

    EXPECT_EQ(json["x"]["label"], "key");
    EXPECT_EQ(json["x"]["range"][0], xRange(small()).low);
    EXPECT_EQ(json["series"][0]["line"], "solid");
    EXPECT_EQ(json["grids"][0]["rows"], 2);
}

} // namespace
} // namespace vitrine::figure
