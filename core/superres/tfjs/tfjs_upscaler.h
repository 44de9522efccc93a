#pragma once

#include "core/superres/tfjs/tfjs_model.h"
#include "core/superres/upscale/upscaler.h"

#include <memory>
#include <string>
#include <vector>

namespace vitrine::superres
{

struct TfjsUpscaling {
    float white = 255; // what the network takes and gives for white; black is 0
    // Pictures for which the network would hold more numbers than this at once (a quarter of a
    // gigabyte) are computed in tiles.
    std::int64_t numbersAtOnce = 1 << 26;
    std::vector<std::string> notes = {};
};

// A network of convolutions sees no farther than topology.reach(). So tiles that overlap by it give
// the same picture as one piece, but for the rounding of sums that oneDNN may order otherwise in
// maps of another size: seamError is the largest difference that is seen along the seams, where
// every tile computes one line of pixels of its neighbours too.
std::shared_ptr<const Upscaler> tfjsUpscaler(TfjsModel model, TfjsUpscaling upscaling = {});

} // namespace vitrine::superres
