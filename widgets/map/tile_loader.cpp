#include "widgets/map/tile_loader.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr std::size_t kCacheBytes = std::size_t{96} << 20;
constexpr std::size_t kParallel = 3;

using TileAnswer = std::shared_ptr<Result<std::vector<float>>>;

// Computes a tile into the answer; a source of the wrong size counts as failed.
std::function<void()> computeTile(const TileSource& source, const MapTile& tile,
                                  const TileAnswer& answer)
{
    return [source, tile, answer] {
        *answer = source(tile);
        if (*answer && static_cast<std::int64_t>((*answer)->size()) != tile.height() * tile.width())
            *answer = failure("a tile of the map has {} values, {} expected", (*answer)->size(),
                              tile.height() * tile.width());
    };
}

} // namespace

TileLoader::TileLoader(MapCompute compute, QObject* parent)
    : QObject(parent),
      compute_(std::move(compute)),
      cache_(kCacheBytes),
      old_(kCacheBytes),
      slots_(kParallel, false)
{
}

void TileLoader::setSource(TileSource source)
{
    ++generation_;
    source_ = std::move(source);
    wanted_.clear();
    underWay_.clear();
    cache_.clear();
    old_.clear();
}

void TileLoader::replaceSource(TileSource source)
{
    TileCache shown = std::move(cache_.size() > 0 ? cache_ : old_);
    setSource(std::move(source));
    old_ = std::move(shown);
}

void TileLoader::want(std::vector<MapTile> tiles)
{
    std::reverse(tiles.begin(), tiles.end());
    wanted_ = std::move(tiles);
    startNext();
}

void TileLoader::startNext()
{
    while (source_ && !wanted_.empty() && running_ < static_cast<int>(kParallel)) {
        const MapTile tile = wanted_.back();
        wanted_.pop_back();
        if (!cache_.has(tile) && !std::ranges::count(underWay_, tile))
            start(tile);
    }
}

void TileLoader::start(const MapTile& tile)
{
    const auto slot = static_cast<std::size_t>(std::ranges::find(slots_, false) - slots_.begin());
    slots_[slot] = true;
    ++running_;
    underWay_.push_back(tile);
    const auto answer = std::make_shared<Result<std::vector<float>>>();
    compute_(this, QStringLiteral("tile %1").arg(slot), computeTile(source_, tile, answer),
             [this, slot, tile, answer, generation = generation_] {
                 slots_[slot] = false;
                 --running_;
                 if (generation == generation_) {
                     std::erase(underWay_, tile);
                     const bool good = answer->has_value();
                     cache_.insert({.tile = tile,
                                    .values = good ? std::move(**answer) : std::vector<float>{},
                                    .image = {},
                                    .failed = !good});
                     if (!good)
                         emit failed(QString::fromStdString(answer->error().message));
                     emit arrived();
                 }
                 startNext();
             });
}

void TileLoader::read(const MapTile& tile)
{
    if (!source_)
        return;
    const auto answer = std::make_shared<Result<std::vector<float>>>();
    compute_(this, QStringLiteral("read"), computeTile(source_, tile, answer),
             [this, tile, answer, generation = generation_] {
                 if (generation == generation_ && *answer)
                     emit wasRead(tile, **answer);
             });
}

} // namespace vitrine
