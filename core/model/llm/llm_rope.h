#pragma once

#include "core/model/network/llm_config.h"

#include <cstdint>
#include <vector>

namespace vitrine::model
{

// theta^(-2d/D) for d < D/2, scaled piecewise where the configuration says so, in fp32 as Hugging
// Face computes it.
std::vector<float> ropeFrequencies(const LlmConfig& config);

// Cosine and sine of every angle position * frequency, for the positions first .. first + count
// - 1.
struct RopeTable {
    std::int64_t half = 0;           // D/2
    std::vector<float> cosine, sine; // [count * half]
};
RopeTable ropeTable(const std::vector<float>& frequencies, std::int64_t first, std::int64_t count);

} // namespace vitrine::model
