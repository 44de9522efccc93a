#include "core/superres/upscale/upscaler.h"

#include "core/base/registry.h"

namespace vitrine::superres
{

std::vector<UpscalingMethod> upscalingMethods()
{
    return Registry<UpscalingMethod>::all();
}

} // namespace vitrine::superres
