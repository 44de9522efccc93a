#include "core/figure/picture_look.h"

#include "core/base/json.h"

#include <gtest/gtest.h>

namespace vitrine::figure
{
namespace
{

Image picture(std::int64_t width, std::int64_t height, const std::string& caption = "")
{
    return {.caption = caption,
            .width = width,
            .height = height,
            .rgb = std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height))};
}

TEST(PictureLook, IsReadAsItWasWritten)
{
    const PictureLook look{.scale = Scale::logarithmic,
                           .colours = ColourMap::magma,
                           .opacity = 0.25,
                           .upsampling = Upsampling::bicubic};
    Json state = {{"layer", 3}};
    putPictureLook(state, look, {});
    EXPECT_EQ(pictureLookIn(state), look);
    EXPECT_EQ(state["layer"], 3);
    EXPECT_EQ(state["upsampling"], "bicubic");
}

TEST(PictureLook, WhatNobodyChangedIsNotWritten)
{
    Json state = Json::object();
    putPictureLook(state, {}, {});
    EXPECT_TRUE(state.empty());
}

TEST(PictureLook, NonsenseTakesTheDefault)
{
    EXPECT_EQ(pictureLookIn(Json()), PictureLook());
    EXPECT_EQ(pictureLookIn({{"opacity", "half"}, {"upsampling", 2}, {"colour_map", "jet"}}),
              PictureLook());
    EXPECT_EQ(pictureLookIn({{"opacity", 7}}).opacity, PictureLook().opacity);
}

TEST(LayOver, CellsCoverThePictureToItsEdges)
{
    Image image = picture(224, 112);
    image.x0 = 100.5;
    image.y0 = 0.5;
    Grid grid{.rows = 7, .columns = 14, .values = std::vector<float>(98)};

    layOver(grid, image);

    EXPECT_DOUBLE_EQ(grid.dx, 16);
    EXPECT_DOUBLE_EQ(grid.x0 - grid.dx / 2, 100);
    EXPECT_DOUBLE_EQ(grid.y0 + 6.5 * grid.dy, 112);
}

TEST(LayInRows, PicturesOfAnyShapeStandInTheirSquares)
{
    Figure figure;
    figure.images = {picture(28, 28, "coat"), picture(40, 20), picture(10, 30, "shirt\n0.61")};

    layInRows(figure, 2);

    const Image& wide = figure.images[1];
    EXPECT_DOUBLE_EQ(wide.dx * 40, 1);
    EXPECT_GT(wide.x0, figure.images[0].x0 + 27 * figure.images[0].dx);
    EXPECT_NEAR(wide.y0 + 19.5 * wide.dy, 1, 1e-12); // on the line of its neighbour's foot
    const Image& high = figure.images[2];
    EXPECT_DOUBLE_EQ(high.dy * 30, 1);
    EXPECT_GT(high.y0, 1.0); // under a row, its captions and a gap
    EXPECT_NEAR(high.x0 + 4.5 * high.dx, 0.5, 1e-12);
    EXPECT_GT(yRange(figure).high, high.y0 + 29.5 * high.dy); // room for its caption
    EXPECT_FALSE(figure.axes);
}

TEST(LayInRows, ManyPicturesMakePaperHigherAndNoneIsNoHarm)
{
    Figure few, many, none;
    few.images.assign(5, picture(8, 8, "a"));
    many.images.assign(20, picture(8, 8, "a"));
    layInRows(few, 5);
    layInRows(many, 5);
    layInRows(none, 0);

    EXPECT_GT(many.height, 3 * few.height - 36);
    EXPECT_LT(few.height, few.width / 2);
    EXPECT_GT(none.height, 0);
}

} // namespace
} // namespace vitrine::figure
