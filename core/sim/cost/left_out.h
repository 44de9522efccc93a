#pragma once

#include "core/sim/cost/result.h"

namespace vitrine::sim
{

// A sentence that counts, by kind, the layers of the workload that a result gives no cycles,
// traffic or energy: a machine may model only a part. Empty where there are none.
std::string leftOutNote(const Workload& workload, const SimResult& result);

} // namespace vitrine::sim
