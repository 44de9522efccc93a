#pragma once

#include "core/store/rows.h"

namespace vitrine
{

// The rows that belong to a run, each kind into the record; what is not sound is left out and told
// in `unsound`. Parameters: loadParams (rows.h).
Result<void> loadMetrics(const Database& database, std::int64_t number, LoadedRun& loaded);
Result<void> loadTables(const Database& database, std::int64_t number, LoadedRun& loaded);
Result<void> loadArtifacts(const Database& database, std::int64_t number, LoadedRun& loaded);
Result<void> loadInputs(const Database& database, std::int64_t number, LoadedRun& loaded);
Result<void> loadTags(const Database& database, std::int64_t number, LoadedRun& loaded);

// The line about it.
void leaveOut(std::vector<std::string>& unsound, const std::string& what, const std::string& why);

} // namespace vitrine
