#pragma once

#include <vector>

#include "core/attention/sinks.h"
#include "core/jobs/experiment/params.h"

// Which columns of a head count as sinks, as parameters of an experiment.
namespace vitrine
{

// rule, tau, alpha, protect, min_rows; `defaults` are what a run takes where nothing is given.
std::vector<ParamSpec> sinkParams(const attention::SinkOptions& defaults = {});
attention::SinkOptions sinkOptions(const Params& params);

} // namespace vitrine
