#include "core/jobs/experiment/model_names.h"

#include "core/base/resources.h"

namespace vitrine
{

std::vector<std::string> shippedModels(const ParamSpec& spec)
{
    return spec.fileKind == "vision" ? shippedVisionModels() : shippedLanguageModels();
}

} // namespace vitrine
