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

// Kept of each direction; how many there are more is in the table of items.
inline constexpr std::size_t kFlipsKept = 32;

// Pictures that the codes answer wrongly and the original did not ("lost"), and the other way round
// ("gained"): table "flips", and each of these pictures as a file in `folder`. Those come first of
// which the one that was right was the surest, by the margin of its logits. `className` names a
// class.
Result<void> keepFlips(const JudgedPictures& judged, const LabelledPictures& pictures,
                       const std::function<std::string(std::int64_t)>& className,
                       const std::filesystem::path& folder, RunResult& out);

} // namespace vitrine::quantization_plugin
