#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// Swin (2103.14030): windows of 7 x 7, four stages, merging between them.
struct SwinSizes {
    std::int64_t width = 96;
    std::vector<std::int64_t> depths{2, 2, 6, 2}, heads{3, 6, 12, 24};
    std::int64_t patch = 4, side = 224, window = 7, channels = 3, classes = 1000;
    float epsilon = 1e-5f, mergeEpsilon = 1e-5f; // of blocks and the last; of patches and merging
};
Network swinNetwork(const SwinSizes& sizes);

} // namespace vitrine::model
