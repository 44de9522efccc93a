#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// EfficientViT of MIT's Han lab (2205.14756): MBConv stages, then ReLU linear attention (LiteMLA)
// beside MBConv.
struct EfficientVitSizes {
    std::vector<std::int64_t> widths{16, 32, 64, 128, 256}, depths{1, 2, 3, 3, 4};
    std::int64_t headWidth = 1536, classifierWidth = 1600;
    std::int64_t dim = 16;      // of an attention head
    std::int64_t expansion = 4; // of an MBConv, of its input's width
    std::int64_t side = 224, channels = 3, classes = 1000;
    std::vector<std::int64_t> strides{2, 2, 2, 2, 2}; // of the stem and the four stages
    float epsilon = 1e-5f;                            // of batch and layer normalisations
    float divisorEpsilon = 1e-15f; // of the linear attention; timm's own code has 1e-5
};
Network efficientVitNetwork(const EfficientVitSizes& sizes);

} // namespace vitrine::model
