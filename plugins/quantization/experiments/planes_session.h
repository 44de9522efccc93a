#pragma once

#include "core/jobs/experiment/experiment.h"

#include <memory>

namespace vitrine::quantization_plugin
{

// What quantization.planes computes (planes_experiment.h), once.
Result<RunResult> runPlanes(const Params& params, Progress& progress);
// A session with both models open, which computes again what a change of parameters asks for.
Result<std::unique_ptr<LiveSession>> openPlanes(const Params& params);

} // namespace vitrine::quantization_plugin
