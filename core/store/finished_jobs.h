#pragma once

#include "core/store/store.h"

#include <functional>
#include <string>
#include <vector>

namespace vitrine
{

// Imports what workers have left in the workspace's jobs folder after whoever started them had
// gone: finished bundles, and dead workers as failed or interrupted runs. Live workers are left
// alone. Several processes may do it at once; each run is imported exactly once. Returns the
// numbers of the runs that it found; what cannot be read is told to `problem` and stays.
std::vector<std::int64_t> importFinished(Store& store,
                                         const std::function<void(const std::string&)>& problem);

} // namespace vitrine
