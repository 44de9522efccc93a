#include "core/figure/figure.h"

#include <gmock/gmock.h>

#include <cmath>

namespace vitrine::figure
{
namespace
{

// CIE lightness of an sRGB colour.
double lightness(Colour colour)
{
    const auto linear = [](std::uint8_t byte) {
        const double v = byte / 255.0;
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    const double y =
        0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue);
    return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

TEST(ColourMap, EndsAreThePublishedColours)
{
    EXPECT_EQ(colourOf(ColourMap::viridis, 0), (Colour{0x44, 0x01, 0x54}));
    EXPECT_EQ(colourOf(ColourMap::viridis, 1), (Colour{0xfd, 0xe7, 0x25}));
    EXPECT_EQ(colourOf(ColourMap::magma, 0), (Colour{0, 0, 0x04}));
    EXPECT_EQ(colourOf(ColourMap::viridis, 2), colourOf(ColourMap::viridis, 1));
    EXPECT_EQ(colourOf(ColourMap::viridis, NAN), (Colour{0, 0, 0}));
}

TEST(ColourMap, GrowsLighterSoThatGreyPrintKeepsTheOrder)
{
    for (const ColourMap map : {ColourMap::viridis, ColourMap::cividis, ColourMap::magma})
        for (int i = 1; i < 256; ++i)
            EXPECT_GT(lightness(colourOf(map, i / 255.0)),
                      lightness(colourOf(map, (i - 1) / 255.0)) - 0.35)
                << static_cast<int>(map) << " " << i;
}

TEST(ColourMap, OfDifferencesIsAsLightOnBothSidesOfZero)
{
    for (int i = 0; i < 128; ++i)
        EXPECT_NEAR(lightness(colourOf(ColourMap::difference, i / 255.0)),
                    lightness(colourOf(ColourMap::difference, (255 - i) / 255.0)), 1.0);
    EXPECT_GT(lightness(colourOf(ColourMap::difference, 0.5)), 95);
}

TEST(Normalised, LinearClampsAndKeepsNan)
{
    const Grid grid{.minimum = 1, .maximum = 3};

    EXPECT_DOUBLE_EQ(normalised(grid, 2), 0.5);
    EXPECT_DOUBLE_EQ(normalised(grid, 9), 1);
    EXPECT_DOUBLE_EQ(normalised(grid, 0), 0);
    EXPECT_TRUE(std::isnan(normalised(grid, NAN)));
}

TEST(Normalised, LogarithmicEndsSixDecadesBelowTheMaximum)
{
    const Grid grid{.scale = Scale::logarithmic, .minimum = 0, .maximum = 1};

    EXPECT_NEAR(normalised(grid, 1e-3F), 0.5, 1e-6);
    EXPECT_DOUBLE_EQ(normalised(grid, 0), 0);
    EXPECT_DOUBLE_EQ(colourRange(grid).low, 1e-6);
}

TEST(Normalised, DifferenceHasZeroInTheMiddle)
{
    const Grid grid{.map = ColourMap::difference, .minimum = -1, .maximum = 4};

    EXPECT_DOUBLE_EQ(normalised(grid, 0), 0.5);
    EXPECT_DOUBLE_EQ(normalised(grid, 4), 1);
    EXPECT_DOUBLE_EQ(normalised(grid, -2), 0.25);
}

TEST(Normalised, EmptyRangeOfColoursIsNoDivisionByZero)
{
    EXPECT_DOUBLE_EQ(normalised({.minimum = 0, .maximum = 0}, 0), 1);
    EXPECT_DOUBLE_EQ(normalised({.map = ColourMap::difference, .minimum = 0, .maximum = 0}, 1),
                     0.5);
}

} // namespace
} // namespace vitrine::figure
