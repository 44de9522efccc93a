#pragma once

#include "core/base/result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "core/tensor/kernels/weights.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace vitrine::quant
{

// A linear layer of a model with other weights, which are made when they are needed.
struct LayerVariant {
    std::string layer; // its tensor
    int block = 0;     // that it is in
    std::function<kernels::SharedWeights()> weights;
};

// What each variant does to the model when all other layers stay as they are: KL(original ||
// changed) of the next token in nat, mean over the predicted tokens of the texts. Where layers are
// changed together, these nearly add up as long as each is small.
// The sums of each text are kept in `file` when they are ready; another call with the same subject
// and variants goes on from there, to the same bits. Argument error where no text has two tokens,
// input error where the model has no language head; cancelled where progress answers false.
Result<std::vector<double>>
layerDivergences(const std::shared_ptr<const model::LlmCheckpoint>& checkpoint,
                 std::span<const LayerVariant> variants,
                 std::span<const std::vector<std::int32_t>> windows,
                 const std::filesystem::path& file, const std::string& subject,
                 const std::function<bool(double share)>& progress);

} // namespace vitrine::quant
