#pragma once

#include "core/model/llm/llm.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/quant/model_comparison.h"
#include "plugins/common/experiment_input.h"
#include "plugins/quantization/experiments/probe.h"

#include <cstdint>
#include <span>

// What the original and a quantized version make of one short text.
namespace vitrine::quantization_plugin
{

// Tokens of the probe text at most, and likeliest next tokens at each position.
inline constexpr std::size_t kProbeTokens = 48;
inline constexpr int kProbeLikeliest = 5;

struct ProbeResult {
    Table tokens; // the likeliest next tokens at each position
    Table sinks;  // attention of each head, before and after
    Probe kept;
};

struct ProbeModels {
    const OpenModel& original;
    const model::Llm& quantized;
    const model::LlmCheckpoint& packed; // its weights
};
// `ids`: the text, cut to kProbeTokens. At least two tokens: argument error.
Result<ProbeResult> probeModels(const ProbeModels& models, std::span<const std::int32_t> ids);

} // namespace vitrine::quantization_plugin
