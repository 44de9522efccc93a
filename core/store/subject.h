#pragma once

#include "core/jobs/experiment/params.h"

#include <string>

namespace vitrine
{

// The one or two parameters that tell runs apart, for lists: "vitrine-lm · speech-2016.txt".
std::string subjectOf(const Params& params);

// All that is searched of a run's parameters; long texts by their beginning.
std::string parameterWords(const Params& params);

} // namespace vitrine
