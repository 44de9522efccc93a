#pragma once

#include "core/base/result.h"
#include "core/jobs/experiment/run_record.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace vitrine
{

// The folder artifacts/ of a workspace: one file per content, named by its SHA-256.

// Where the content of a hash lies. The hash may come from anywhere: what is none has no file.
Result<std::filesystem::path> artifactFile(const std::filesystem::path& folder,
                                           const std::string& sha256);

// Brings the files of a record onto the folder's file system (fills what hashes and sizes are
// missing), so that placing is a rename. Long; done before the database is locked.
Result<void> stageArtifacts(const std::filesystem::path& folder, RunRecord& run);

// Gives the staged files their names. Quick; done under the lock, before the commit. Sets the paths
// of the record.
Result<void> placeArtifacts(const std::filesystem::path& folder, RunRecord& run);

// Staged files end so, until they have their names.
inline constexpr std::string_view kStagedFile = ".part";

// Staged files that were not placed, because another process had imported the run meanwhile.
void dropStaged(const RunRecord& run);

} // namespace vitrine
