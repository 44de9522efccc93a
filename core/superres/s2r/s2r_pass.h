#pragma once

#include "core/superres/s2r/s2r_config.h"
#include "core/superres/s2r/s2r_weights.h"
#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{

// One forward pass over a whole picture: padded right and below by reflection to a multiple of the
// largest window, the result cut to scale times its size. Bit-identical for every thread count.
// Memory: about `bytesPerPixel` for each pixel of the padded picture.
Result<Image> s2rForward(const S2rConfig& config, const S2rWeights& weights, const Image& low,
                         const Progress& progress);
std::int64_t bytesPerPixel(const model::S2rSizes& sizes);

} // namespace vitrine::superres
