#include "widgets/map/colour_scale.h"
#include "widgets/map/map_labels.h"
#include "widgets/map/tile_cache.h"

#include <gtest/gtest.h>

#include <cmath>

namespace vitrine
{
namespace
{

TileCache::Entry entryAt(std::int64_t row, std::size_t values)
{
    return {.tile = {.row = row, .column = 0, .rows = 256, .columns = 256, .stride = 1},
            .values = std::vector<float>(values),
            .image = {}};
}

TEST(TileCache, KeepsWhatWasUsedLastWithinItsBudget)
{
    TileCache cache(3 * 1000 * 8 + 1000);
    for (const int row : {0, 256, 512})
        cache.insert(entryAt(row, 1000));
    cache.find(entryAt(0, 0).tile); // now the oldest is 256

    cache.insert(entryAt(768, 1000));

    EXPECT_TRUE(cache.has(entryAt(0, 0).tile));
    EXPECT_FALSE(cache.has(entryAt(256, 0).tile));
    EXPECT_EQ(cache.size(), 3u);
}

TEST(TileAt, TilesOfALevelCoverTheGridOnceAndCostBoundedWork)
{
    for (int level = 0; level < kLevels; ++level) {
        const MapTile tile = tileAt(level, 32767, 12345, 32768, 32768);
        EXPECT_LE(tile.row, 32767);
        EXPECT_GT(tile.row + tile.rows, 32767);
        EXPECT_LE(tile.column + tile.columns, 32768);
        EXPECT_EQ(tile.stride, std::int64_t{1} << level);
        if (level <= 6) {
            EXPECT_LE(tile.rows * tile.columns, std::int64_t{2048} * 2048);
        }
    }
    EXPECT_EQ(tileAt(1, 5, 5, 7, 7), (MapTile{0, 0, 7, 7, 2}));
    EXPECT_EQ((MapTile{0, 0, 7, 7, 2}.width()), 4);
}

TEST(ColourTable, GivesTheColoursOfTheFigure)
{
    for (const auto map : {figure::ColourMap::viridis, figure::ColourMap::difference})
        for (const auto scale : {figure::Scale::linear, figure::Scale::logarithmic}) {
            const ColourScale rule{map, scale, map == figure::ColourMap::difference ? -0.2 : 1e-5,
                                   0.2};
            figure::Grid grid;
            grid.map = map;
            grid.scale = scale;
            grid.minimum = rule.minimum;
            grid.maximum = rule.maximum;
            const ColourTable table(rule);
            for (const float value : {-0.3F, -0.1F, 0.0F, 1e-6F, 1e-3F, 0.05F, 0.19F, 0.2F, 5.0F}) {
                const figure::Colour wanted =
                    figure::colourOf(map, figure::normalised(grid, value));
                EXPECT_EQ(table.colour(value), qRgb(wanted.red, wanted.green, wanted.blue))
                    << value;
            }
            EXPECT_EQ(qAlpha(table.colour(std::nanf(""))), 0);
        }
}

TEST(ThinnedLabels, NeverOverlapAndMakeRoomForEmphasisedOnes)
{
    QStringList names;
    for (int i = 0; i < 500; ++i)
        names.append(QStringLiteral("w%1").arg(i));

    const auto labels = thinnedLabels(&names, 100, 400, 3.0, 14, {222});

    ASSERT_FALSE(labels.empty());
    EXPECT_TRUE(labels.front().emphasised);
    for (std::size_t i = 0; i < labels.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_GE(std::abs(static_cast<double>(labels[i].position - labels[j].position)) * 3.0,
                      14);
    EXPECT_TRUE(labels.back().text.startsWith(QString::number(labels.back().position)));
    EXPECT_EQ(thinnedLabels(&names, 0, 3, 20, 14, {})[1].text,
              "w1"); // every one has a label: no numbers
}

} // namespace
} // namespace vitrine
