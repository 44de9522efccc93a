#pragma once

#include "core/jobs/experiment/run_result.h"
#include "plugins/calibration/experiments/tune_pass.h"

#include <filesystem>

// The maps before and after, as captures (core/attention/capture.h).
namespace vitrine::calibration_plugin
{

// before.safetensors, written as `file`; notes on precision go to `notes`.
Result<Artifact> writeBefore(const OpenModel& opened, const OriginalPass& original,
                             const attention::HeadSet& keep, const std::filesystem::path& file,
                             std::vector<std::string>& notes);
// after.safetensors: maps of calibrated heads are A'.
Result<Artifact> writeAfter(const OpenModel& opened, const OriginalPass& original,
                            const ChangedPass& changed, const attention::HeadSet& keep,
                            const std::filesystem::path& file);

} // namespace vitrine::calibration_plugin
