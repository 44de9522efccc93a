#pragma once

#include "core/jobs/experiment/run_record.h"

#include <map>
#include <string>

namespace vitrine::accelerators_plugin
{

// What a run of accelerators.simulate with these texts would give, computed here and now:
// simulators are pure and take well below a millisecond. A record without number and uid. Any
// thread.
Result<RunRecord> simulateNow(const std::map<std::string, std::string>& given);

} // namespace vitrine::accelerators_plugin
