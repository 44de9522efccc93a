#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/quant/llm_quantization.h"
#include "core/quant/model_comparison.h"
#include "core/quant/operation_cost.h"

#include <span>
#include <vector>

// The numbers of quantization.llm. Names: README.md.
namespace vitrine::quantization_plugin
{

// Bits and bytes of what was made, and what its layers lose.
std::vector<Metric> sizeMetrics(const quant::LlmQuantization& quantization,
                                const model::LlmCheckpoint& original,
                                const model::LlmCheckpoint& packed);

// Perplexities with their intervals, and how far next tokens moved.
std::vector<Metric> comparisonMetrics(const quant::TextScore& text);

// Of the linear layers for one token, over that with FP16 weights, and the operations it is
// counted from.
struct LayerEnergy {
    Metric ratio;
    Table operations;
};
LayerEnergy layerEnergy(std::span<const quant::LayerRecord> layers,
                        const model::LlmCheckpoint& packed,
                        const quant::CostAssumptions& assumptions);

} // namespace vitrine::quantization_plugin
