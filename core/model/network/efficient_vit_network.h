#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// EfficientViT of MIT's Han lab (2205.14756): MBConv stages, then ReLU linear attention (LiteMLA)
// beside MBConv.
struct EfficientVitSizes {
    std::vector<std::int64_t> widths{16, 32, 64, 128, 256}, depths{1, 2, 3, 3, 4};
    std::int64_t headWidth = 1536, classifierWidth = 1600;
    std::int64_t dim = 16; // of an attention head
    std::int64_t side = 224, classes = 1000;
};
Network efficientVitNetwork(const EfficientVitSizes& sizes);

} // namespace vitrine::model
