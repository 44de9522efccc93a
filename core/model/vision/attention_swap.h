#pragma once

#include "core/model/network/attention_form.h"
#include "core/model/vision/vision_checkpoint.h"

namespace vitrine::model
{

// The same checkpoint with another form of attention: weights shared, nothing trained anew, so that
// it can be seen what the form itself costs. Input error as withAttention gives it.
Result<std::shared_ptr<const VisionCheckpoint>>
swapAttention(std::shared_ptr<const VisionCheckpoint> checkpoint, const AttentionForm& form);

} // namespace vitrine::model
