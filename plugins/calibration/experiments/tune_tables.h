#pragma once

#include "core/jobs/experiment/run_result.h"
#include "plugins/calibration/experiments/tune_pass.h"

// What is told about two passes: metrics and the tables heads, sinks, next and census.
namespace vitrine::calibration_plugin
{

void describe(const OpenModel& opened, const TunePlan& plan, const OriginalPass& original,
              const ChangedPass& changed, RunResult& result);

} // namespace vitrine::calibration_plugin
