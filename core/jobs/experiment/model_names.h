#pragma once

#include "core/jobs/experiment/params.h"

#include <string>
#include <vector>

namespace vitrine
{

// Names of the shipped models that a parameter of type model may be: vision transformers where its
// `fileKind` is "vision", language models and then vision transformers where it is "any" or
// "workload", none where it is "kernel" (a blur kernel: its choices are all), else language models.
std::vector<std::string> shippedModels(const ParamSpec& spec);

} // namespace vitrine
