#pragma once

#include "widgets/map/tile.h"

#include <QImage>

#include <cstddef>
#include <list>
#include <map>

namespace vitrine
{

// Level k of the pyramid has stride 2^k. Its tiles are tileSide(k) values wide: 256 at first, fewer
// where a tile would cover more than 2,048 cells, so that one tile costs at most 2,048^2 products.
inline constexpr int kLevels = 16;
std::int64_t tileSide(int level);

// The tile of `level` that holds the cell, cut at the grid's border.
MapTile tileAt(int level, std::int64_t row, std::int64_t column, std::int64_t rows,
               std::int64_t columns);

// Tiles that were asked for last stay, up to a budget of bytes. Window's thread.
class TileCache
{
public:
    struct Entry {
        MapTile tile;
        std::vector<float> values;
        QImage image; // values in the colours of `imageVersion`
        std::uint64_t imageVersion = 0;
        bool failed = false; // the source could not: shown as a gap, not asked again
    };

    explicit TileCache(std::size_t budget) : budget_(budget) {}

    Entry* find(const MapTile& tile); // nullptr where it is not there; else it counts as used
    bool has(const MapTile& tile) const { return index_.contains(tile); }
    void insert(Entry entry);
    void clear();
    std::size_t bytes() const { return bytes_; }
    std::size_t size() const { return index_.size(); }

private:
    void dropOldest();

    std::size_t budget_ = 0, bytes_ = 0;
    std::list<Entry> entries_; // newest first
    std::map<MapTile, std::list<Entry>::iterator> index_;
};

} // namespace vitrine
