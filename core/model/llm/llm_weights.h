#pragma once

#include "core/base/result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/model/network/llm_network.h"
#include "core/tensor/kernels/weights.h"

#include <memory>
#include <optional>
#include <vector>

namespace vitrine::model
{

struct Linear {
    kernels::SharedWeights weights;
    std::optional<TensorView> bias;
};

struct LayerWeights {
    TensorView attentionNorm, mlpNorm;
    Linear q, k, v, o, gate, up, down;
};

// Where every tensor of a model lies, found by its description, as the checkpoint has it or in
// another layout. Nothing is copied but what is stored as F64. Valid as long as the checkpoint.
struct LlmWeights {
    LlmNetwork description;
    kernels::SharedWeights embedding;
    kernels::SharedWeights head; // nothing where the model has no language head
    TensorView finalNorm;
    std::vector<LayerWeights> layers;
    std::vector<std::shared_ptr<const std::vector<float>>> rounded; // tensors stored as F64
};

// Input error where a tensor is missing, has another shape than the configuration says, or a type
// that is not F32, F16, BF16 or F64, or holds a number that fp32 cannot.
Result<LlmWeights> findWeights(const LlmCheckpoint& checkpoint,
                               const kernels::Relayout& relayout = {});

} // namespace vitrine::model
