#include "plugins/common/view/capture_parts.h"

#include "core/base/cut_text.h"
#include "core/model/tokenizer/token_text.h"
#include "plugins/common/map_figures.h"
#include "plugins/common/map_tiles.h"
#include "widgets/theme/text.h"

namespace vitrine
{
namespace
{

constexpr std::size_t kLongestToken = 200; // bytes

} // namespace

CapturedWords wordsOf(const attention::Capture& capture)
{
    auto tokens = std::make_shared<QStringList>();
    auto gaps = std::make_shared<std::vector<bool>>();
    for (const std::string& piece : capture.tokenTexts()) {
        gaps->push_back(model::beginsWithSpace(piece));
        tokens->append(fromUtf8(model::readableToken(cutText(piece, kLongestToken))));
    }
    return {std::move(tokens), std::move(gaps)};
}

TileSource weightTiles(const std::shared_ptr<const attention::Capture>& capture,
                       model::LayerHead head)
{
    const std::int64_t layer = layerIndexOf(*capture, head);
    if (layer < 0 || !capture->keeps(layer, head.head))
        return {};
    return [capture, layer, head = head.head](const MapTile& tile) {
        return drawnTile(*capture, layer, head,
                         {tile.row, tile.column, tile.rows, tile.columns, tile.stride});
    };
}

std::vector<float> thumbnailOf(const attention::Capture& capture, model::LayerHead head)
{
    const std::int64_t layer = layerIndexOf(capture, head);
    return layer < 0 ? std::vector<float>() : drawnThumbnail(capture, layer, head.head);
}

} // namespace vitrine
