#pragma once

#include "core/model/network/network.h"

#include <array>
#include <cstdint>

namespace vitrine::model
{

// One record for the sizes of S2R (She, Mao, Shi, Wang, ICANN 2023, arXiv 2308.08142): the paper's
// own network, which these defaults are at scale 2, and smaller ones of ours.
struct S2rSizes {
    std::int64_t scale = 2;
    std::int64_t channels = 60; // a multiple of 15: five groups are shifted, three attend
    std::int64_t blocks = 10;   // ELABs; every second one works on rolled windows
    std::array<std::int64_t, 3> windows = {4, 8, 16};
    bool head = true;       // LayerNorm and MBConv before the blocks, two LayerNorms behind them
    bool deformable = true; // deformable convolution before the up-sampling
    float batchNormEpsilon = 1e-5f, layerNormEpsilon = 1e-5f;

    std::int64_t largestWindow() const; // height and width are padded to a multiple of it
};

// The network for a small picture of this size, padded up to a multiple of the largest window.
// Tensors have the names of the released code. What a pass does where the picture is shifted,
// gated and shuffled is in no table of layers.
Network s2rNetwork(const S2rSizes& sizes, std::int64_t height, std::int64_t width);

} // namespace vitrine::model
