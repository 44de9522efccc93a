#pragma once

#include "core/attention/capture.h"

#include <vector>

// Attention maps as they are drawn: NaN where no query sees a key, figure::kNotFinite where a
// weight that is seen is not finite (core/figure/not_finite.h). Any thread.
namespace vitrine
{

Result<std::vector<float>> drawnTile(const attention::Capture& capture, std::int64_t layerIndex,
                                     std::int64_t head, const attention::Capture::Tile& tile);

// The stored thumbnail, [side * side].
std::vector<float> drawnThumbnail(const attention::Capture& capture, std::int64_t layerIndex,
                                  std::int64_t head);

} // namespace vitrine
