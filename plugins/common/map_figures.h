#pragma once

#include "core/attention/capture.h"
#include "core/figure/map_look.h"

#include <string>

// Attention maps of captures as figures: what rooms that show maps share. Any thread.
namespace vitrine
{

// Place of the head's layer in this capture; -1 where it has no such head.
std::int64_t layerIndexOf(const attention::Capture& capture, model::LayerHead head);

// Without caption, alt text and recipe. `note` is a sentence for the caption, beginning with a
// space: pooling, and what stands in for a head that was not kept.
struct MapFigure {
    figure::Figure figure;
    std::string note;
};

// A head's map, max-pooled to at most 1,024 cells a side; the thumbnail where the head was not
// kept.
MapFigure mapFigure(std::string name, std::string title, const attention::Capture& capture,
                    std::int64_t layerIndex, std::int64_t head, const figure::MapLook& look);

// Second less first, where the two may be compared (core/attention/comparable.h); pooled cells show
// the entry farthest from zero.
Result<MapFigure> differenceFigure(std::string name, std::string title,
                                   const attention::Capture& first,
                                   const attention::Capture& second, model::LayerHead head,
                                   const figure::MapLook& look);

} // namespace vitrine
