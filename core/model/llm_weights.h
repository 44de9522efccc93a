#pragma once

#include "core/base/result.h"
#include "core/model/checkpoint.h"
#include "core/tensor/kernels/weights.h"

#include <optional>
#include <vector>

namespace vitrine::model
{

// A linear layer as it lies in the checkpoint.
struct Linear {
    kernels::Weights weights;
    std::optional<TensorView> bias;
};

struct LayerWeights {
    TensorView attentionNorm, mlpNorm;
    Linear q, k, v, o, gate, up, down;
};

// Where every tensor of a model lies; nothing is read or copied. Valid as long as the checkpoint.
struct LlmWeights {
    kernels::Weights embedding, head;
    TensorView finalNorm;
    std::vector<LayerWeights> layers;
};

// Input error where a tensor is missing, has another shape than the configuration says, or a type
// that is not F32, F16 or BF16.
Result<LlmWeights> findWeights(const Checkpoint& checkpoint);

} // namespace vitrine::model
