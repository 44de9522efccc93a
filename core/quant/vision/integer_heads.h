#pragma once

#include "core/quant/vision/integer_steps.h"

namespace vitrine::quant
{

// A part of all heads of EfficientViT's linear attention, in whole numbers: what runWholeHead
// (whole_attention.h), its judge, computes of each head. Argument error where a kernel refuses its
// numbers.
Result<std::unique_ptr<IntegerStep>> makeHeadsStep(const StepGrids& at, const CodedHeads& work);

} // namespace vitrine::quant
