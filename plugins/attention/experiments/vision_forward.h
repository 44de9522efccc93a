#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_result.h"

#include <vector>

// model.forward of a vision transformer: one pass over a picture.
namespace vitrine::attention_plugin
{

// Whether the model among `chosen` is a vision transformer, by the names of its tensors.
bool isVisionModel(const Params& chosen);

// image and pixels: exactly one of them.
std::vector<ParamSpec> seenParams();

// Of model, image or pixels, outputs, layers and heads: forward.safetensors, the table of the
// likeliest classes, and metrics. Layers are the blocks with attention, from 0.
Result<RunResult> visionForward(const Params& params, Progress& progress);

} // namespace vitrine::attention_plugin
