#pragma once

#include "core/jobs/experiment/params.h"
#include "core/quant/operation_cost.h"

#include <vector>

// The assumptions of the energy estimate, as parameters.
namespace vitrine::quantization_plugin
{

std::vector<ParamSpec> costParams();
quant::CostAssumptions costAssumptions(const Params& params);

} // namespace vitrine::quantization_plugin
