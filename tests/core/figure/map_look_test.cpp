#include "core/figure/map_look.h"

#include "core/base/json.h"

#include <gtest/gtest.h>

namespace vitrine::figure
{
namespace
{

TEST(MapLook, IsReadAsItWasWritten)
{
    const MapLook look{.scale = Scale::logarithmic,
                       .clip = 0.3,
                       .colours = ColourMap::magma,
                       .window = {.row = 20, .column = 8, .zoom = 4}};
    Json state = {{"order", "score"}};
    putMapLook(state, look, {});
    EXPECT_EQ(mapLookIn(state), look);
    EXPECT_EQ(state["order"], "score");
    EXPECT_EQ(state["scale"], "log");
    EXPECT_EQ(state["window"], (Json{{"row", 20.0}, {"column", 8.0}, {"zoom", 4.0}}));
}

TEST(MapLook, WhatNobodyChangedIsNotWritten)
{
    Json state = Json::object();
    putMapLook(state, {}, {});
    EXPECT_TRUE(state.empty());
}

TEST(MapLook, NonsenseTakesTheDefault)
{
    EXPECT_EQ(mapLookIn(Json()), MapLook());
    EXPECT_EQ(mapLookIn({{"scale", 3},
                         {"clip", -3},
                         {"colour_map", "difference"},
                         {"window", {{"zoom", 0.5}, {"row", "x"}}}}),
              MapLook());
}

TEST(MapLook, ALogarithmicScaleBeginsAtATenThousandthOfTheClip)
{
    MapLook look;
    look.clip = 0.5;
    EXPECT_EQ(look.least(), 0);
    look.scale = Scale::logarithmic;
    EXPECT_DOUBLE_EQ(look.least(), 5e-5);
}

} // namespace
} // namespace vitrine::figure
