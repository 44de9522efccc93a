#pragma once

#include "widgets/map/tile_cache.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace vitrine
{

// Fetches tiles on worker threads, a few at a time, the newest wish first: what nobody looks at any
// more is never started. Window's thread.
class TileLoader : public QObject
{
    Q_OBJECT
public:
    TileLoader(MapCompute compute, QObject* parent);

    // A new source: what is on its way for the old one is dropped on arrival.
    void setSource(TileSource source);
    // The same grid with other values: tiles of the old ones stay in `old` until the next source.
    void replaceSource(TileSource source);
    // The tiles wanted now, most urgent first; replaces the wish before. Nothing that the cache has
    // or that failed.
    void want(std::vector<MapTile> tiles);
    bool busy() const { return running_ > 0; }
    TileCache& cache() { return cache_; }
    TileCache& old() { return old_; }

    // One tile for itself, newest request wins: the read-out under the mouse.
    void read(const MapTile& tile);

signals:
    void arrived();                      // the cache has a new tile
    void failed(const QString& message); // the source could not
    void wasRead(const vitrine::MapTile& tile, const std::vector<float>& values);

private:
    void startNext();
    void start(const MapTile& tile);

    MapCompute compute_;
    TileSource source_;
    TileCache cache_, old_;
    std::vector<MapTile> wanted_; // most urgent last
    std::vector<MapTile> underWay_;
    std::uint64_t generation_ = 0;
    std::vector<bool> slots_; // which of the parallel requests are busy
    int running_ = 0;
};

} // namespace vitrine
