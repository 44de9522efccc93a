#include "core/jobs/experiment/model_names.h"

#include "core/base/resources.h"

#include <algorithm>
#include <iterator>

namespace vitrine
{

std::vector<std::string> shippedModels(const ParamSpec& spec)
{
    if (spec.fileKind == "vision")
        return shippedVisionModels();
    if (spec.fileKind == "kernel")
        return {}; // what may be named is among its choices
    std::vector<std::string> names = shippedLanguageModels();
    if (spec.fileKind == "any" || spec.fileKind == "workload")
        std::ranges::copy(shippedVisionModels(), std::back_inserter(names));
    return names;
}

} // namespace vitrine
