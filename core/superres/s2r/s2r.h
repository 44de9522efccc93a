#pragma once

#include "core/superres/upscale/upscaler.h"

namespace vitrine::superres
{

// S2R (She, Mao, Shi, Wang, ICANN 2023, arXiv 2308.08142) and its smaller sisters, from a folder
// with config.json and model.safetensors as the trainer exports them. Input error for a folder that
// holds something else, weights that do not fit, another scale than `scale`, or, where a name is
// asked for, a network of another ("s2r-live").
Result<std::shared_ptr<const Upscaler>> openS2r(const std::filesystem::path& folder,
                                                std::int64_t scale, std::string_view name = {});

} // namespace vitrine::superres
