#include "core/superres/upscale/tiles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace vitrine::superres
{
namespace
{

TEST(Tiles, KeptPartsCoverThePictureOnce)
{
    for (const auto& [height, width] : {std::pair{100, 300}, {64, 64}, {1, 5000}, {333, 77}}) {
        std::vector<int> covered(static_cast<std::size_t>(height * width));
        for (const Tile& tile : tilesOf(height, width, {64 * 64, 8, 16})) {
            EXPECT_LE(tile.rows.size() * tile.columns.size(), std::max(64 * 64, 16 * 64));
            EXPECT_EQ(tile.keptRows.first % 16, 0);
            EXPECT_EQ(tile.keptColumns.first % 16, 0);
            for (auto y = tile.keptRows.first; y < tile.keptRows.end; ++y)
                for (auto x = tile.keptColumns.first; x < tile.keptColumns.end; ++x)
                    ++covered[static_cast<std::size_t>(y * width + x)];
        }
        EXPECT_THAT(covered, testing::Each(1)) << height << " x " << width;
    }
}

// The mean of 3 x 3 pixels of the picture, the border repeated: a margin of one pixel is enough.
Result<Image> blurredForward(const Image& low, const Progress&)
{
    Image high = blankImage(low.width, low.height);
    for (std::int64_t y = 0; y < low.height; ++y)
        for (std::int64_t x = 0; x < low.width; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                float sum = 0;
                for (std::int64_t i = 0; i < 9; ++i)
                    sum += low.row(std::clamp<std::int64_t>(
                        y + i / 3 - 1, 0,
                        low.height -
                            1))[3 * std::clamp<std::int64_t>(x + i % 3 - 1, 0, low.width - 1) + c];
                high.row(y)[3 * x + c] = sum / 9;
            }
    return high;
}

Image ramp(std::int64_t width, std::int64_t height)
{
    Image image = blankImage(width, height);
    for (std::size_t i = 0; i < image.values.size(); ++i)
        image.values[i] = static_cast<float>(std::fmod(static_cast<double>(i) * 0.37, 1.0));
    return image;
}

TEST(Tiles, WithEnoughMarginTheyAreTheWholePicture)
{
    const Image low = ramp(100, 70);
    const auto whole = enlargedInTiles(low, 1, {100 * 70, 4, 4}, blurredForward, {}),
               tiled = enlargedInTiles(low, 1, {32 * 32, 4, 4}, blurredForward, {});
    ASSERT_TRUE(whole && tiled);
    EXPECT_EQ(whole->tiles, 1);
    EXPECT_GT(tiled->tiles, 10);
    EXPECT_EQ(tiled->seamError, 0);
    EXPECT_EQ(tiled->image.values, whole->image.values);
}

TEST(Tiles, WithoutMarginTheSeamErrorSaysHowFarNeighboursDiffer)
{
    const Image low = ramp(64, 64);
    const auto whole = enlargedInTiles(low, 1, {64 * 64, 1, 4}, blurredForward, {}),
               tiled = enlargedInTiles(low, 1, {34 * 34, 1, 4}, blurredForward, {});
    ASSERT_TRUE(whole && tiled);
    EXPECT_EQ(tiled->image.values, whole->image.values); // one pixel is just enough
    EXPECT_GT(tiled->seamError, 0);                      // but not for what lies behind the seam
}

TEST(Tiles, ValuesThatAreNoNumbersAreRefused)
{
    const auto refused = enlargedInTiles(ramp(4, 4), 1, {16, 0, 1},
                                         [](const Image& low, const Progress&) -> Result<Image> {
                                             Image high = low;
                                             high.values[7] = NAN;
                                             return high;
                                         },
                                         {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, ErrorKind::input);
}

} // namespace
} // namespace vitrine::superres
