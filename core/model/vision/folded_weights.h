#pragma once

#include "core/model/checkpoint/checkpoint.h"
#include "core/model/network/network.h"

#include <string>
#include <vector>

namespace vitrine::model
{

// Weights of a linear layer or a convolution as a pass reads them.
struct FoldedWeights {
    std::vector<float> weights; // as the checkpoint has them: [outputs, ...]
    std::vector<float> bias;    // [outputs], or empty
};

// With the batch normalisation behind the layer (Jacob et al. 2018: w g / sqrt(v + e), and b + beta
// - m g / sqrt(v + e)) or its layer scale multiplied in, in double precision. Input error where a
// tensor holds a number that is not finite, or a variance below 0.
Result<FoldedWeights> foldedWeights(const NetworkLayer& layer, const Checkpoint& checkpoint);

// A tensor as floats. Input error naming it where one is not finite.
Result<std::vector<float>> finiteTensor(const std::string& name, const Checkpoint& checkpoint);

} // namespace vitrine::model
