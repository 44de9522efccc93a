#pragma once

#include "core/model/vision/vision_steps.h"

namespace vitrine::model
{

// Rows that are put together, chosen, moved or averaged; no products.
StepPointer makeAddStep();
// Input error where a tensor cannot be read or has a number that is not finite.
Result<StepPointer> makeTokensStep(const NetworkLayer& layer, const Checkpoint& checkpoint);
StepPointer makeSelectStep(std::int64_t row);
StepPointer makePoolStep();
StepPointer makeConcatStep();
StepPointer makeMergeStep();
StepPointer makeWindowsStep(const NetworkLayer& layer); // into windows, or back

} // namespace vitrine::model
