#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// ViT (arXiv 2010.11929) and DeiT (2012.12877): patches, a class token, pre-norm blocks.
struct VitSizes {
    std::int64_t width = 192, depth = 12, heads = 3;
    std::int64_t patch = 16, side = 224, classes = 1000;
    bool distilled = false; // a second token and a second head
};
Network vitNetwork(const VitSizes& sizes);

} // namespace vitrine::model
