#pragma once

#include "core/jobs/worker/job_folder.h"

#include <string>

namespace vitrine
{

// The record of a job whose worker has ended: its bundle, or a failed run (interrupted, where
// nobody saw how it ended and a state was saved) with `reason` and the worker's last words. Always
// a record that can be stored.
RunRecord collectLeftOver(const JobFolder& folder, const Job& job, const std::string& reason);

} // namespace vitrine
