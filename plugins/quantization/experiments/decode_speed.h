#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/model/llm/llm.h"

namespace vitrine::quantization_plugin
{

// Tokens per second of decoding one token after the other behind the beginning of a text: the
// median of three stretches of `tokens`. Cancelled as progress says.
Result<double> decodeSpeed(const model::Llm& llm, std::int32_t first, std::int64_t tokens,
                           Progress& progress);

} // namespace vitrine::quantization_plugin
