#include "core/superres/tfjs/tfjs_upscaler.h"

#include "core/superres/tfjs/reach_tiles.h"
#include "core/superres/tfjs/tfjs_network.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine::superres
{
namespace
{

constexpr std::int64_t kSeamLine = 1; // pixels of a neighbour that a tile computes too

// A rectangle of the large picture.
struct SeamPart {
    std::int64_t left = 0, top = 0, right = 0, bottom = 0;
};

class TfjsUpscaler : public Upscaler
{
public:
    TfjsUpscaler(TfjsModel model, TfjsUpscaling upscaling)
        : model_(std::make_shared<TfjsModel>(std::move(model))), upscaling_(std::move(upscaling))
    {
    }

    std::int64_t scale() const override { return model_->topology.scale(); }
    std::int64_t parameters() const override { return model_->parameters(); }
    double macsPerPixel() const override
    {
        return static_cast<double>(model_->topology.macsPerPixel());
    }
    std::vector<std::filesystem::path> files() const override { return model_->files; }
    std::vector<std::string> notes() const override { return upscaling_.notes; }

    Result<Enlarged> enlarged(const Image& low, const Progress& progress) const override
    {
        assert(low.width > 0 && low.height > 0);
        const TfjsTopology& topology = model_->topology;
        const ReachTiling tiling = reachTiles(low.width, low.height, topology.reach(), kSeamLine,
                                              upscaling_.numbersAtOnce / topology.peakNumbers());
        VITRINE_TRY(const TfjsNetwork network,
                    TfjsNetwork::make(model_, tiling.height, tiling.width));
        Enlarged result{.image = blankImage(low.width * scale(), low.height * scale()),
                        .tiles = static_cast<std::int64_t>(tiling.tiles.size())};
        for (std::size_t i = 0; i < tiling.tiles.size(); ++i) {
            const auto goOn = [&](double share) {
                return !progress || progress((static_cast<double>(i) + share) /
                                             static_cast<double>(tiling.tiles.size()));
            };
            const ReachTile& tile = tiling.tiles[i];
            const auto high = network.run(read(low, tiling, tile), goOn);
            if (!high)
                return cancelled();
            const Image piece = asImage(*high, tiling);
            result.seamError = std::max(result.seamError, seamError(result.image, piece, tile));
            put(piece, tile, result.image);
        }
        return result;
    }

private:
    std::vector<float> read(const Image& low, const ReachTiling& tiling,
                            const ReachTile& tile) const
    {
        std::vector<float> values;
        values.reserve(static_cast<std::size_t>(tiling.width * tiling.height * 3));
        for (std::int64_t y = 0; y < tiling.height; ++y) {
            const float* row = low.row(tile.y + y) + tile.x * 3;
            for (std::int64_t i = 0; i < tiling.width * 3; ++i)
                values.push_back(row[i] * upscaling_.white);
        }
        return values;
    }
    Image asImage(const std::vector<float>& values, const ReachTiling& tiling) const
    {
        Image image = blankImage(tiling.width * scale(), tiling.height * scale());
        std::ranges::transform(values, image.values.begin(),
                               [this](float value) { return value / upscaling_.white; });
        return image;
    }
    // Where a pixel of the large picture stands in the piece of a tile.
    const float* pixelOf(const Image& piece, const ReachTile& tile, std::int64_t x,
                         std::int64_t y) const
    {
        return piece.row(y - tile.y * scale()) + (x - tile.x * scale()) * 3;
    }
    void put(const Image& piece, const ReachTile& tile, Image& whole) const
    {
        const std::int64_t left = tile.coreX * scale(), count = tile.coreWidth * scale() * 3;
        for (std::int64_t y = tile.coreY * scale(); y < (tile.coreY + tile.coreHeight) * scale();
             ++y)
            std::copy_n(pixelOf(piece, tile, left, y), count, whole.row(y) + left * 3);
    }
    // The lines above and left of the core, which earlier tiles have put there.
    double seamError(const Image& whole, const Image& piece, const ReachTile& tile) const
    {
        const std::int64_t s = scale(), line = kSeamLine * s;
        const std::int64_t left = tile.coreX * s, right = left + tile.coreWidth * s,
                           top = tile.coreY * s, bottom = top + tile.coreHeight * s;
        double largest = 0;
        if (top > 0)
            largest = difference(whole, piece, tile, {left, top - line, right, top});
        if (left > 0)
            largest =
                std::max(largest, difference(whole, piece, tile, {left - line, top, left, bottom}));
        return largest;
    }
    double difference(const Image& whole, const Image& piece, const ReachTile& tile,
                      const SeamPart& part) const
    {
        double largest = 0;
        for (std::int64_t y = part.top; y < part.bottom; ++y) {
            const float* before = whole.row(y) + part.left * 3;
            const float* now = pixelOf(piece, tile, part.left, y);
            for (std::int64_t i = 0; i < (part.right - part.left) * 3; ++i)
                largest = std::max(largest, static_cast<double>(std::abs(before[i] - now[i])));
        }
        return largest;
    }

    std::shared_ptr<const TfjsModel> model_;
    TfjsUpscaling upscaling_;
};

} // namespace

std::shared_ptr<const Upscaler> tfjsUpscaler(TfjsModel model, TfjsUpscaling upscaling)
{
    return std::make_shared<TfjsUpscaler>(std::move(model), std::move(upscaling));
}

} // namespace vitrine::superres
