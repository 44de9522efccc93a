#include "widgets/map/tile_cache.h"

#include <algorithm>

namespace vitrine
{
namespace
{

// Values and the picture made of them.
std::size_t bytesOf(const TileCache::Entry& entry)
{
    return entry.values.size() * (sizeof(float) + sizeof(QRgb)) + sizeof(entry);
}

} // namespace

std::int64_t tileSide(int level)
{
    return std::clamp<std::int64_t>(std::int64_t{2048} >> level, 32, 256);
}

MapTile tileAt(int level, std::int64_t row, std::int64_t column, std::int64_t rows,
               std::int64_t columns)
{
    const std::int64_t stride = std::int64_t{1} << level;
    const std::int64_t span = tileSide(level) * stride;
    MapTile tile{.row = row / span * span, .column = column / span * span, .stride = stride};
    tile.rows = std::min(span, rows - tile.row);
    tile.columns = std::min(span, columns - tile.column);
    return tile;
}

TileCache::Entry* TileCache::find(const MapTile& tile)
{
    const auto found = index_.find(tile);
    if (found == index_.end())
        return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
}

void TileCache::insert(Entry entry)
{
    if (const auto found = index_.find(entry.tile); found != index_.end()) {
        bytes_ -= bytesOf(*found->second);
        entries_.erase(found->second);
        index_.erase(found);
    }
    bytes_ += bytesOf(entry);
    entries_.push_front(std::move(entry));
    index_[entries_.front().tile] = entries_.begin();
    while (bytes_ > budget_ && entries_.size() > 1)
        dropOldest();
}

void TileCache::clear()
{
    entries_.clear();
    index_.clear();
    bytes_ = 0;
}

void TileCache::dropOldest()
{
    bytes_ -= bytesOf(entries_.back());
    index_.erase(entries_.back().tile);
    entries_.pop_back();
}

} // namespace vitrine
