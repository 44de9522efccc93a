#pragma once

#include "core/jobs/experiment/progress.h"
#include "core/jobs/experiment/run_record.h"

#include <filesystem>
#include <string>

namespace vitrine
{

// Input file with size and hash. For a folder: one InputFile per file that `files` would read is
// the experiment's choice; this hashes one regular file, whole. Where `progress` is given it is
// told of large files, and stops.
Result<InputFile> hashInput(std::string parameter, const std::filesystem::path& path,
                            Progress* progress = nullptr);

// The largest run.json that is read or written, in bytes and in JSON values: a table of a million
// rows fits, and reading one takes at most about ten times as much memory.
inline constexpr std::uint64_t kRunJsonBytes = std::uint64_t{128} << 20;
inline constexpr std::uint64_t kRunJsonValues = 10'000'000;

// A bundle is a folder with run.json (written last, atomically: its presence says that the bundle
// is whole) and artifacts/. Fills sha256 and bytes of each artifact on writing.
Result<void> writeBundle(const std::filesystem::path& folder, RunRecord& run);

// Checks what it reads: its size before anything else, then sizes and hashes of artifacts, plain
// file names, no links.
Result<RunRecord> readBundle(const std::filesystem::path& folder);

} // namespace vitrine
