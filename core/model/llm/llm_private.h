#pragma once

#include "core/model/llm/llm.h"
#include "core/model/llm/llm_blocks.h"

#include <memory>
#include <span>
#include <vector>

namespace vitrine::model
{

struct Llm::Private {
    std::shared_ptr<const LlmCheckpoint> checkpoint;
    LlmWeights weights;
    std::vector<float> frequencies;
};

// Each head's keys and values are contiguous: [layer][keys, values][key head][capacity][head size].
struct LlmCache::Private {
    std::int64_t capacity = 0, length = 0, headSize = 0, kvHeads = 0;
    std::unique_ptr<float[]> values = {};

    KeyValues keysOf(std::int64_t layer) const { return at(2 * layer); }
    KeyValues valuesOf(std::int64_t layer) const { return at(2 * layer + 1); }
    KeyValues at(std::int64_t part) const
    {
        const std::int64_t head = capacity * headSize;
        return {values.get() + part * kvHeads * head, head, headSize};
    }
};

// Argument error where a head is not the model's, the list is not sorted, or nobody decides.
Result<void> checkEdits(const LlmConfig& config, const std::vector<LayerHead>& edited,
                        const DecideEdit& decide);

// Input error where heads are no pairs.
Result<void> checkRotary(const LlmConfig& config);

// Input error where the model has no language head.
Result<void> checkHead(const LlmConfig& config);

// Argument error naming the first id that is not in the vocabulary; also for no ids at all.
Result<void> checkIds(const LlmConfig& config, std::span<const std::int32_t> ids);

// logits[r] = head weights times normed row r, for `rows` rows of [hidden].
void computeLogits(const LlmConfig& config, const kernels::WeightMatrix& head, const float* normed,
                   std::int64_t rows, float* logits);

} // namespace vitrine::model
