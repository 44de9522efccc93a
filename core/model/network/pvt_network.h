#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// PVTv2 (2106.13797) with spatial-reduction attention.
struct PvtSizes {
    std::vector<std::int64_t> widths{32, 64, 160, 256}, depths{2, 2, 2, 2}, heads{1, 2, 5, 8};
    std::vector<std::int64_t> reductions{8, 4, 2, 1}, ratios{8, 8, 4, 4};
    std::int64_t side = 224, channels = 3, classes = 1000;
    float epsilon = 1e-6f, embeddingEpsilon = 1e-5f; // the latter also of what a reduction gives
};
Network pvtNetwork(const PvtSizes& sizes);

} // namespace vitrine::model
