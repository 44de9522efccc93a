#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/quant/layer_record.h"
#include "core/quant/model_comparison.h"
#include "core/quant/operation_cost.h"

#include <map>
#include <span>
#include <string>
#include <vector>

// The tables of quantization.llm. Names and columns: README.md.
namespace vitrine::quantization_plugin
{

Table layersTable(std::span<const quant::LayerRecord> layers);
// Error of the weights after each alternating round, of methods that have rounds.
Table roundsTable(std::span<const quant::LayerRecord> layers);
Table windowsTable(std::span<const quant::WindowScore> windows);
// How often which power of two is a term of a scale, by plane; of packed layers whose scales are
// such sums.
Table exponentsTable(const model::LlmCheckpoint& packed,
                     std::span<const quant::LayerRecord> layers);
// Operations and energy of the linear layers for one token, before and after; the counts of the
// quantized model are told for both places where scales may act, so that energies can be found
// again under other assumptions.
struct QuantizedCounts {
    quant::OperationCount results, inputs; // by quant::ScalePlace
};
Table operationsTable(const quant::OperationCount& original, const QuantizedCounts& quantized,
                      const quant::CostAssumptions& assumptions);
// "layer, weight bits": what the accelerators' simulators read as a bit map.
std::string bitMapText(std::span<const quant::LayerRecord> layers);

} // namespace vitrine::quantization_plugin
