#pragma once

#include "core/store/database.h"

namespace vitrine
{

// PRAGMA application_id of a workspace: "Vitr" in ASCII.
inline constexpr std::int64_t kApplicationId = 0x56697472;

// Whose file a path is; looked at without altering a byte or making a file beside it.
enum class FileOwner {
    nobody, // not there, or empty: may become a workspace
    ours,
};
// A database of another program, of a newer schema, or a file that is no database: an input error.
Result<FileOwner> ownerOf(const std::filesystem::path& path);

// The database of a workspace: of the schema of this program (core/store/README.md), made where
// nothing is, migrated where it is older. One that can only be read is opened for reading, if its
// schema is not too old for that.
Result<Database> openWorkspace(const std::filesystem::path& path,
                               Access access = Access::readWrite);

// Error where a newer program wrote it.
Result<void> refuseNewer(const std::filesystem::path& workspace, std::int64_t version);

// The schema as it is stored.
Result<std::int64_t> schemaVersion(const Database& database);

} // namespace vitrine
