#pragma once

#include "core/attention/capture.h"
#include "widgets/map/tile.h"

#include <QStringList>

#include <memory>
#include <vector>

// A capture's text and maps as widgets take them. Any thread.
namespace vitrine
{

struct CapturedWords {
    std::shared_ptr<const QStringList> tokens;     // as people read them: "peace", "⏎"
    std::shared_ptr<const std::vector<bool>> gaps; // whether a space stands before the token
};
CapturedWords wordsOf(const attention::Capture& capture);

// Tiles of a head's map; none where the capture lacks it or its queries and keys were not kept.
TileSource weightTiles(const std::shared_ptr<const attention::Capture>& capture,
                       model::LayerHead head);
// The thumbnail, [side * side]; empty where there is no such head.
std::vector<float> thumbnailOf(const attention::Capture& capture, model::LayerHead head);

} // namespace vitrine
