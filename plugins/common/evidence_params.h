#pragma once

#include "core/base/parameter.h"
#include "core/jobs/experiment/params.h"

// Numbers with evidence marks (core/base/parameter.h) as parameters of an experiment.
namespace vitrine
{

// Its help says where the default comes from.
ParamSpec paramOf(const evidence::Parameter& parameter);

// What was chosen, as such a number.
double chosenValue(const evidence::Parameter& parameter, const Params& params);

} // namespace vitrine
