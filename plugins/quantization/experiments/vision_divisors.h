#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_result.h"
#include "core/quant/vision/vision_codes.h"

#include <memory>
#include <span>
#include <vector>

namespace vitrine::quantization_plugin
{

// Table "divisors": of each layer of linear attention in whole numbers, on some pictures, how many
// divisors have each code's power of two, by the hardware's rule and by that of the released code
// (core/quant/vision/log2_divisor.h). Codes of 0, whose outputs are 0, have no exponent. No table
// where there is no such layer.
Result<void> addVisionDivisors(const std::shared_ptr<const quant::CodedVision>& coded,
                               std::span<const std::vector<float>> pictures, RunResult& out);

} // namespace vitrine::quantization_plugin
