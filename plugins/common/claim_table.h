#pragma once

#include "core/base/evidence.h"
#include "core/jobs/experiment/run_result.h"

#include <span>
#include <string>

namespace vitrine
{

// Table "reference" (claim, paper, unit, mark, ours, deviation, conditions): what papers say beside
// our figures. `ours`: how these came about, "Simulated under these conditions".
Table claimTable(std::span<const evidence::Reference> references, const std::string& ours);

} // namespace vitrine
