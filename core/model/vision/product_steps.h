#pragma once

#include "core/model/vision/vision_steps.h"

namespace vitrine::model
{

// What is done with the values of a token or of a map alone: convolutions and linear layers with
// what is folded into them, normalisation of rows, activations. Input error where a tensor cannot
// be read or has a number that is not finite.
Result<StepPointer> makeProductStep(const NetworkLayer& layer, Function after,
                                    const Checkpoint& checkpoint);
Result<StepPointer> makeNormStep(const NetworkLayer& layer, const Checkpoint& checkpoint);
StepPointer makeActivationStep(Function function); // gelu or hardSwish

} // namespace vitrine::model
