#pragma once

#include "core/jobs/experiment/run_result.h"
#include "core/model/llm/llm_checkpoint.h"
#include "plugins/common/experiment_input.h"

#include <filesystem>

// Where the files of a quantized model go.
namespace vitrine::quantization_plugin
{

// Also as one GGUF file, which a note of the run names.
Result<void> writeGguf(const model::LlmCheckpoint& packed, const OpenModel& original,
                       const std::filesystem::path& file, RunResult& out);

// The files of a folder move into that of the artifacts, and become such of the run.
Result<void> takeFiles(const std::filesystem::path& folder, const std::filesystem::path& artifacts,
                       RunResult& out);

} // namespace vitrine::quantization_plugin
