#pragma once

#include "core/store/database.h"
#include "core/store/store.h"

namespace vitrine
{

Result<std::vector<RunSummary>> findRuns(const Database& database, const RunQuery& query);
Result<std::int64_t> countRuns(const Database& database, const RunQuery& query);

} // namespace vitrine
