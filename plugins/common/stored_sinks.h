#pragma once

#include "core/attention/sinks.h"
#include "core/jobs/experiment/params.h"

namespace vitrine
{

// The sink rule that a stored run was made with. Its parameters are not trusted: what is missing,
// of another type or out of range takes the default.
attention::SinkOptions storedSinkOptions(const Params& params);

} // namespace vitrine
