#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"

namespace vitrine
{

// The whole table with units and origins, and back: in bundles, in the store, on a worker's output.
//   {"name": "heads", "columns": [{"name": "layer", "unit": "1", "origin": "computed", "help":
//   ""}], "rows": [[0, 0.5, null]]}
Json fullJson(const Table& table);
Result<Table> parseTable(const Json& json);

std::string_view originName(Origin origin);
Result<Origin> parseOrigin(std::string_view name); // empty is computed

// Checked values as JSON (toJson(Params)) back to values; types as JSON has them.
Result<Params> parseParams(const Json& json);

} // namespace vitrine
