#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <functional>

namespace vitrine
{

// "Save as": all runs of the workspace `from` with their artifacts, as they are at this moment, as
// a new workspace `to`. Refused where `to` or `to`.d is there already. Artifacts are hard links
// where the file system allows (they never change), else copies. Runs under way stay with `from`.
// `to` appears last, whole; after an error or a cancel nothing of it is left. `progress` is told
// the share that is done, false cancels. May be called from any thread.
Result<void> copyWorkspace(const std::filesystem::path& from, const std::filesystem::path& to,
                           const std::function<bool(double share)>& progress = {});

} // namespace vitrine
