#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"
#include "plugins/common/experiment_input.h"

#include <vector>

namespace vitrine::quantization_plugin
{

// Tokens per second of decoding one token after the other behind the beginning of a text: the
// median of three stretches of `tokens`. Cancelled as progress says.
Result<double> decodeSpeed(const model::Llm& llm, std::int32_t first, std::int64_t tokens,
                           Progress& progress);

// Bytes of all tensors, as they are stored.
struct ModelSizes {
    double original = 0, quantized = 0;
};
// Both speeds, how fast weights are read for them, and what share it is of what this machine reads.
Result<std::vector<Metric>> speedMetrics(const OpenModel& original, const model::Llm& quantized,
                                         const ModelSizes& sizes, std::int32_t first,
                                         std::int64_t tokens, Progress& progress);

} // namespace vitrine::quantization_plugin
