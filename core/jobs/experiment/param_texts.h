#pragma once

#include "core/jobs/experiment/params.h"

#include <map>
#include <string>

namespace vitrine
{

// The parameters as they would be given again; those without a text are left out.
std::map<std::string, std::string> paramTexts(const Params& params);

} // namespace vitrine
