#include "core/superres/tfjs/reach_tiles.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace vitrine::superres
{
namespace
{

// Every pixel of the picture stands in one core, every core with its line and reach in its tile.
void expectExact(const ReachTiling& tiling, std::int64_t width, std::int64_t height,
                 std::int64_t margin)
{
    std::vector<int> cores(static_cast<std::size_t>(width * height));
    for (const ReachTile& tile : tiling.tiles) {
        for (std::int64_t y = 0; y < tile.coreHeight; ++y)
            for (std::int64_t x = 0; x < tile.coreWidth; ++x)
                ++cores[static_cast<std::size_t>((tile.coreY + y) * width + tile.coreX + x)];
        ASSERT_GE(tile.x, 0);
        ASSERT_GE(tile.y, 0);
        ASSERT_LE(tile.x + tiling.width, width);
        ASSERT_LE(tile.y + tiling.height, height);
        EXPECT_LE(tile.x, std::max<std::int64_t>(0, tile.coreX - margin));
        EXPECT_LE(tile.y, std::max<std::int64_t>(0, tile.coreY - margin));
        EXPECT_GE(tile.x + tiling.width, std::min(width, tile.coreX + tile.coreWidth + margin));
        EXPECT_GE(tile.y + tiling.height, std::min(height, tile.coreY + tile.coreHeight + margin));
    }
    EXPECT_EQ(std::ranges::count(cores, 1), width * height);
}

TEST(ReachTiles, CoverEveryPixelOnceWithAllThatItDependsOn)
{
    for (const std::int64_t width : {1, 23, 24, 25, 47, 100, 333})
        for (const std::int64_t height : {1, 24, 61, 200})
            for (const std::int64_t pixels : {1, 600, 2500, 9000}) {
                SCOPED_TRACE(testing::Message() << width << " x " << height << ", " << pixels);
                const ReachTiling tiling = reachTiles(width, height, 3, 1, pixels);
                expectExact(tiling, width, height, 4);
                // 16 and four on each side.
                EXPECT_LE(tiling.width * tiling.height, std::max<std::int64_t>(pixels, 24 * 24));
            }
}

TEST(ReachTiles, APictureThatFitsIsOneTile)
{
    const ReachTiling tiling = reachTiles(400, 10, 3, 1, 4000);
    EXPECT_EQ(tiling.tiles.size(), 1u);
    EXPECT_EQ(tiling.width, 400);
    EXPECT_EQ(tiling.height, 10);
}

} // namespace
} // namespace vitrine::superres
