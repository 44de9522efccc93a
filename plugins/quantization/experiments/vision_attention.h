#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_result.h"
#include "plugins/quantization/experiments/vision_versions.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vitrine::quantization_plugin
{

// Where class tokens look in one picture, before and after: table "attention" with the mean over
// the heads of the first token's weights, patch by patch, of each softmax over all tokens; the
// picture as attention.png in `folder`, and what it is in table "attention_picture". It is the
// first that the codes alone answer wrongly, else the first that they alone answer rightly, else
// the first. A network without such layers has no tables.
Result<void> addVisionAttention(const VisionVersions& versions, const JudgedPictures& judged,
                                const LabelledPictures& pictures,
                                const std::function<std::string(std::int64_t)>& className,
                                const std::filesystem::path& folder, RunResult& out);

} // namespace vitrine::quantization_plugin
