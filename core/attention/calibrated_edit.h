#pragma once

#include "core/attention/calibrated_llm.h"

#include <cstdint>
#include <span>
#include <vector>

// How a plan becomes changes of weights; shared by passes over a whole text and by decoding.
namespace vitrine::attention
{

// Detection by the rule, then changes by hand. `rows`: how many queries each mean is over.
CalibratedHead detect(const CalibrationPlan& plan, model::LayerHead where,
                      std::vector<float> columnScore, std::span<const std::int32_t> rows);
std::vector<float> meansOf(std::span<const float> sums, std::span<const std::int32_t> rows);

model::WeightEdit editOf(const CalibrationPlan& plan, const CalibratedHead& head);

} // namespace vitrine::attention
