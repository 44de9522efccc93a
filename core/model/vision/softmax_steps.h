#pragma once

#include "core/model/vision/vision_steps.h"

namespace vitrine::model
{

// Attention by softmax, over all tokens or within windows: scores, softmax, weighted values. Input
// error where the bias of windows cannot be read or has a number that is not finite.
Result<StepPointer> makeScoresStep(const NetworkLayer& layer, const Checkpoint& checkpoint);
StepPointer makeSoftmaxStep();
StepPointer makeValuesStep(const LayerShape& shape);

} // namespace vitrine::model
