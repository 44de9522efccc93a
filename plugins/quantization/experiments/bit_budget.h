#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/quant/llm_quantization.h"

#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

// A mean number of bits that layers of 2, 3 and 4 bits share.
namespace vitrine::quantization_plugin
{

inline constexpr std::array kBudgetBits = {2, 3, 4};

// What a layer costs with so many bits: by version, in the order of kBudgetBits, and layer.
using LayerCosts = std::vector<std::vector<double>>;

// From what was recorded while quantizing: the energy that a layer's outputs lose, or its
// importance times the error of its weights.
LayerCosts recordedCosts(const std::vector<quant::LlmQuantization>& versions, bool isMeasured);

// How far the next tokens move when only this layer is quantized. What is ready of it is kept in
// `file`, for the same subject.
Result<LayerCosts> divergenceCosts(const std::vector<quant::LlmQuantization>& versions,
                                   const std::shared_ptr<const model::LlmCheckpoint>& original,
                                   std::span<const std::vector<std::int32_t>> windows,
                                   const std::filesystem::path& file, const std::string& subject,
                                   const std::function<bool(double share)>& progress);

// Bits of each layer that cost least in all within the mean; what was there to choose from as
// table `candidates`, and what is left of the budget.
struct GivenBits {
    std::map<std::string, int> bits;
    Table candidates;
    Metric slack;
};
Result<GivenBits> giveBits(std::span<const quant::LayerRecord> layers, const LayerCosts& costs,
                           double meanBits);

} // namespace vitrine::quantization_plugin
