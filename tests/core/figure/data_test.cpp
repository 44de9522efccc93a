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

// Where it stands and how large it is; the pixels are in the drawing.
TEST(FigureCsv, HasPicturesByTheirNameAndSize)
{
    const Figure figure{.images = {{.name = "coat",
                                    .caption = "shirt 0.61\ncoat 0.32",
                                    .width = 2,
                                    .height = 1,
                                    .rgb = {1, 2, 3, 4, 5, 6},
                                    .x0 = 0.5,
                                    .y0 = 2}}};

    EXPECT_EQ(figureCsv(figure), "kind,name,x,y,base,value,text\n"
                                 "image,coat,0.5,2,,,2 x 1 pixels: shirt 0.61 coat 0.32\n");
}

TEST(FigureJson, HasPicturesWithoutTheirPixels)
{
    const Figure figure{
        .images = {{.name = "coat", .width = 2, .height = 1, .rgb = {1, 2, 3, 4, 5, 6}}},
        .grids = {{.opacity = 0.5, .upsampling = Upsampling::bicubic}}};

    const Json json = figureJson(figure);

    EXPECT_EQ(json["images"][0]["name"], "coat");
    EXPECT_EQ(json["images"][0]["width"], 2);
    EXPECT_FALSE(json["images"][0].contains("rgb"));
    EXPECT_EQ(json["grids"][0]["opacity"], 0.5);
    EXPECT_EQ(json["grids"][0]["upsampling"], "bicubic");
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
