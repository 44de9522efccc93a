#pragma once

#include "core/model/network/shift_add_network.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vitrine::model
{

class VisionReader;

// What a config.json says of ShiftAddViT's parts; nothing: it does not say.
struct ShiftAddConfig {
    std::optional<std::int64_t> softmaxBlocks; // at the end of the network
    std::optional<LinearForm> attentionLinears, mlpLinears;
    std::optional<std::int64_t> lowestExponent; // of shift weights
    std::vector<double> latencies;              // of the multiplying and the shifting expert
};

// Keys: "attention" ("binary"), "code_threshold" ("picture mean"), "softmax_blocks",
// "attention_linears" and "mlp_linears" ("multiply", "shift", "mixture"), "lowest_exponent",
// "expert_latencies". Other values of the texts are refused by name.
void readShiftAdd(VisionReader& reader, ShiftAddConfig& config);

const char* linearFormName(LinearForm form); // as the keys have it

} // namespace vitrine::model
