#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/params.h"
#include "plugins/common/experiment_input.h"

// A packed language model and the original that it was made from.
namespace vitrine::quantization_plugin
{

// The model of the parameter "packed"; error where its weights are no codes.
Result<OpenModel> openPacked(const Params& params);
// Error where they do not belong together, or the original cannot read or continue a prompt.
Result<void> checkPair(const OpenModel& original, const OpenModel& packed);

} // namespace vitrine::quantization_plugin
