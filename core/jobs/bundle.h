#pragma once

#include "core/jobs/run_record.h"

#include <filesystem>
#include <string>

namespace vitrine {

// Input file with size and hash. For a folder: one InputFile per file that `files` would read is the experiment's choice;
// this hashes one regular file.
Result<InputFile> hashInput(std::string parameter, const std::filesystem::path& path);

// A bundle is a folder with run.json (written last, atomically: its presence says that the bundle is whole) and artifacts/.
// Fills sha256 and bytes of each artifact on writing.
Result<void> writeBundle(const std::filesystem::path& folder, RunRecord& run);

// Checks what it reads: sizes and hashes of artifacts, plain file names.
Result<RunRecord> readBundle(const std::filesystem::path& folder);

} // namespace vitrine
