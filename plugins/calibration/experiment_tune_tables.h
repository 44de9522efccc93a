#pragma once

#include "core/jobs/run_result.h"
#include "plugins/calibration/experiment_tune_pass.h"

// What is told about two passes: metrics and the tables heads, sinks, next and census.
namespace vitrine::calibration
{

void describe(const OpenModel& opened, const TunePlan& plan, const OriginalPass& original,
              const ChangedPass& changed, RunResult& result);

} // namespace vitrine::calibration
