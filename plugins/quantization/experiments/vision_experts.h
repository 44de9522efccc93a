#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_result.h"
#include "plugins/quantization/experiments/vision_versions.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

// Which experts the mixtures of a ShiftAddViT send tokens to. A network without mixtures has no
// tables.
namespace vitrine::quantization_plugin
{

// Table "experts": the share of the tokens of each mixture that go to either expert. `pictures` are
// training pictures.
Result<void> addExperts(const model::VisionModel& changed,
                        std::span<const std::vector<float>> pictures, RunResult& out);

inline constexpr std::int64_t kExpertPictures = 3; // so many are kept, the first of those judged

// Table "experts_picture": the expert of each patch of a few judged pictures in each mixture (the
// class token is none). The pictures as experts-1.png, ... in `folder`, and what they are in
// "experts_pictures".
Result<void> keepExperts(const VisionVersions& versions, const JudgedPictures& judged,
                         const LabelledPictures& pictures,
                         const std::function<std::string(std::int64_t)>& className,
                         const std::filesystem::path& folder, RunResult& out);

} // namespace vitrine::quantization_plugin
