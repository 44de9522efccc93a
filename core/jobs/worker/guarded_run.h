#pragma once

#include "core/jobs/experiment/experiment.h"
#include "core/jobs/experiment/run_record.h"

#include <map>
#include <string>

namespace vitrine
{

// Runs the experiment as the last net: an exception, std::bad_alloc among them, becomes an Error.
// Returns the record with state, error, times, machine and (where done) result; never throws. The
// parameter `threads` is applied with setThreadCount.
RunRecord guardedRun(const Experiment& experiment, const std::string& plugin, const Params& params,
                     Progress& progress);

// The command line that does it again.
std::string repeatingCommand(const std::string& experiment,
                             const std::map<std::string, std::string>& given);

// Machine and build of this process, filled into the record.
void describeMachine(RunRecord& run);

std::string programVersion(); // "0.1.0"

} // namespace vitrine
