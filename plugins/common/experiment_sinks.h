#pragma once

#include <vector>

#include "core/attention/sinks.h"
#include "core/base/json_fwd.h"
#include "core/jobs/experiment/params.h"

// Which columns of a head count as sinks, as parameters of an experiment.
namespace vitrine
{

// rule, tau, alpha, protect, min_rows; `defaults` are what a run takes where nothing is given.
std::vector<ParamSpec> sinkParams(const attention::SinkOptions& defaults = {});

// What the parameters of a run say. Those of a stored one are not trusted: what is missing, of
// another type or out of range takes what stands in `otherwise`.
attention::SinkOptions sinkOptions(const Params& params,
                                   const attention::SinkOptions& otherwise = {});
Params paramsOf(const attention::SinkOptions& options); // all five

} // namespace vitrine
