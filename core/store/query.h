#pragma once

#include "core/store/database.h"
#include "core/store/store.h"

namespace vitrine
{

Result<std::vector<RunSummary>> findRuns(const Database& database, const RunQuery& query);
Result<std::vector<RunSummary>>
summariesOf(const Database& database, std::span<const std::int64_t> numbers, const RunQuery& query);
Result<std::int64_t> countRuns(const Database& database, const RunQuery& query);

// All conditions of the query as terms, those of its older fields first.
std::vector<FilterTerm> termsOf(const RunQuery& query);
// Every word as the beginning of a word of the run, as FTS5 reads it; empty where nothing can be
// searched for ("·").
std::string matchText(const std::string& text);
// What is behind a parameter's stored value (JSON): the text as paramText writes it.
std::string storedParamText(const std::string& json);

} // namespace vitrine
