#pragma once

#include "core/jobs/experiment/params.h"
#include "core/superres/blur/blur_kernel.h"
#include "core/superres/upscale/upscaler.h"
#include "plugins/superres/experiments/picture_pairs.h"

#include <optional>
#include <vector>

namespace vitrine::superres_plugin
{

// The parameters of superres.upscale, as they resolve for what is chosen.
std::vector<ParamSpec> upscaleParams(const Params& chosen);

PictureSources sourcesIn(const Params& params);
std::int64_t scaleIn(const Params& params);

// What stands between a picture and the small one that a camera sees.
struct Degradation {
    std::string name; // "bicubic", "g20", the name of a file
    superres::BlurKernel kernel;
    superres::Sampling sampling = superres::Sampling::bicubic;
    std::optional<std::filesystem::path> file;
};
Result<Degradation> degradationIn(const Params& params);
// kernel=fit: it is estimated from each small picture.
bool isFitted(const Params& params);

bool isBlind(const Params& params);

// The method that the parameters name, opened with the weights that they name or that are shipped.
struct OpenMethod {
    superres::UpscalingMethod method;
    std::filesystem::path weights; // that were opened; empty: none
    std::shared_ptr<const superres::Upscaler> upscaler;
};
Result<OpenMethod> openMethod(const Params& params);

} // namespace vitrine::superres_plugin
