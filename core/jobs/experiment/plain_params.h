#pragma once

#include "core/jobs/experiment/params.h"

namespace vitrine
{

// The plain values (truths, numbers, texts) among the members of an object, as a view's state holds
// parameters; nothing of anything else. They are as unchecked as those of a stored run: read them
// with core/jobs/experiment/read_run.h.
Params plainParams(const Json& object);

} // namespace vitrine
