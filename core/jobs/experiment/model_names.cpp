#include "core/jobs/experiment/model_names.h"

#include "core/base/resources.h"

namespace vitrine
{

std::vector<std::string> shippedModels(const ParamSpec& spec)
{
    if (spec.fileKind == "vision")
        return shippedVisionModels();
    std::vector<std::string> names = shippedLanguageModels();
    if (spec.fileKind == "workload")
        for (std::string& name : shippedVisionModels())
            names.push_back(std::move(name));
    return names;
}

} // namespace vitrine
