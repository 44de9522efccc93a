#pragma once

#include "core/model/vision/vision_steps.h"

namespace vitrine::model
{

// EfficientViT's linear attention: the columns of its input are, for each head, q, k and v, `dim`
// of each; of q and k what is below 0 counts as 0.
StepPointer makeContextStep(const LayerShape& shape);
StepPointer makeKeySumsStep(const LayerShape& shape);
StepPointer makeLookupStep(const LayerShape& shape); // of a head's context, or of its sums of keys
StepPointer makeDivideStep(float epsilon);

} // namespace vitrine::model
