#pragma once

#include "core/model/network/network.h"

namespace vitrine::model
{

// ViT (arXiv 2010.11929) and DeiT (2012.12877): patches, a class token, pre-norm blocks. DINOv2
// (2304.07193) is one with a factor behind each branch, and register tokens (2309.16588) perhaps.
struct VitSizes {
    std::int64_t width = 192, depth = 12, heads = 3, mlp = 4 * 192;
    std::int64_t patch = 16, side = 224, channels = 3;
    std::int64_t classes = 1000; // 0: no head
    bool distillationToken = false;
    bool distillationHead = false; // reads that token; the logits are the mean of both heads
    std::int64_t registers = 0;    // tokens between the class token and the patches
    // Rows of the position embedding beside those of the patches: they belong to the first tokens.
    std::int64_t placedTokens = 1;
    bool qkvBias = true;
    bool scaledBranches = false; // ls1.gamma and ls2.gamma
    float epsilon = 1e-6f;

    std::int64_t prefix() const { return 1 + (distillationToken ? 1 : 0) + registers; }
    std::int64_t grid() const { return side / patch; }
};
Network vitNetwork(const VitSizes& sizes);

} // namespace vitrine::model
