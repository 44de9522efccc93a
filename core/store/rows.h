#pragma once

#include "core/jobs/experiment/run_record.h"
#include "core/store/database.h"

namespace vitrine
{

// A record as rows, and back. Callers hold the transaction. Artifacts are rows only: their files
// are the store's concern.
Result<std::int64_t> insertRun(const Database& database, const RunRecord& run);
// In place of an earlier attempt of the same run: number, tags and note stay.
Result<void> replaceRun(const Database& database, std::int64_t number, const RunRecord& run);
// As far as it is sound: what is not is left out, with one line each. Artifacts have no path yet.
struct LoadedRun {
    RunRecord run;
    std::vector<std::string> unsound;
};
// Error where the run's own row is not sound.
Result<LoadedRun> loadRun(const Database& database, std::int64_t number);
// The parameters alone; what is none of them becomes a line in `unsound`.
Result<Params> loadParams(const Database& database, std::int64_t number,
                          std::vector<std::string>& unsound);
Result<void> deleteRun(const Database& database, std::int64_t number);

Result<void> setTagRows(const Database& database, std::int64_t number,
                        const std::vector<std::string>& tags);
// To be called last by whoever changed a row of the run: indices of other processes read it anew.
Result<void> markChanged(const Database& database, std::int64_t number);
// The searched text of the run, made anew from its rows.
Result<void> updateWords(const Database& database, std::int64_t number);

} // namespace vitrine
