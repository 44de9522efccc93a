#pragma once

#include "core/model/llm.h"
#include "core/model/llm_blocks.h"

#include <memory>
#include <span>
#include <vector>

namespace vitrine::model
{

struct Llm::Private {
    std::shared_ptr<const Checkpoint> checkpoint;
    LlmWeights weights;
    std::vector<float> frequencies;
};

// Argument error naming the first id that is not in the vocabulary; also for no ids at all.
Result<void> checkIds(const LlmConfig& config, std::span<const std::int32_t> ids);

// logits[r] = head weights times normed row r, for `rows` rows of [hidden].
void computeLogits(const LlmConfig& config, const kernels::Weights& head, const float* normed,
                   std::int64_t rows, float* logits);

} // namespace vitrine::model
