#pragma once

#include "core/jobs/worker/work.h"
#include "core/jobs/worker/worker.h"

#include <map>
#include <string>

namespace vitrine
{

// The entrance of every kept run: the job of an experiment with these parameters, checked and typed
// before anything is written, so that the run's record has them in their types whatever becomes of
// its worker. Paths in `given` become absolute.
Result<Job> makeJob(const FoundExperiment& found, const std::map<std::string, std::string>& given);

// The job that repeats a run. Where its experiment is not there any more the parameters stay what
// they are in the record, and the worker says what is missing.
Result<Job> makeJobAgain(const FoundExperiment& found, const RunRecord& run);

// A record of a run that its worker could not or did not describe: what the job knows of it, and
// this machine.
RunRecord recordOfJob(const Job& job);

} // namespace vitrine
