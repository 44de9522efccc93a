#pragma once

#include "core/model/vision/vision_model.h"

#include <cstdint>
#include <string>
#include <vector>

namespace vitrine::model
{

// Which expert each token took in one mixture, the class token first: 0 the one that multiplies, 1
// the one that shifts.
struct TokenExperts {
    std::string layer; // "blocks.0.mlp.fc1"
    std::vector<std::uint8_t> expert = {};
    std::vector<float> margin =
        {}; // logit of the shifting expert minus that of the multiplying one
};

// Of every mixture of a ShiftAddViT, in order, for one prepared picture; empty for a network
// without mixtures. Errors are those of VisionModel::run.
Result<std::vector<TokenExperts>> tokenExperts(const VisionModel& model,
                                               std::span<const float> picture);

} // namespace vitrine::model
